/** The order of a rotation, and what is left when it fails. The servers only note what they are asked. */
import { createRotation } from '../../../src/lab/foundry/rotation.ts';
import type { Server, Servers } from '../../../src/lab/redis/servers.ts';

type Parts = Parameters<typeof createRotation>[0];

let log: string[];
let restart: () => Promise<void>;
let service: { credentials: { port: number; password: string } };
let rotate: () => Promise<void>;

beforeEach(() => {
  log = [];
  restart = async () => void log.push(`restart with ${service.credentials.password}`);
  service = { credentials: { port: 1, password: 'old' } };
  const server = {
    name: 'redis',
    async ask(...words: string[]) {
      log.push(words.join(' '));
      return '';
    },
  } as unknown as Server;
  const servers = { byName: new Map([['redis', server]]) } as unknown as Servers;
  const instances = { restart: () => restart() } as Parts['instances'];
  rotate = createRotation({ instances, service, servers });
});

/** Where the old password is refused from then on. */
const revocation = () => log.findIndex((line) => line.startsWith('CONFIG SET requirepass'));

describe('a rotation', () => {
  it('adds a password, restarts the instances with it, and then refuses the old one', async () => {
    await rotate();

    const { password } = service.credentials;
    expect(service.credentials).toEqual({ port: 1, password: expect.not.stringMatching('old') });
    const added = log.indexOf(`ACL SETUSER default >${password}`);
    const restarted = log.indexOf(`restart with ${password}`);
    expect([added, restarted, revocation()].toSorted((a, b) => a - b)).toEqual([
      added,
      restarted,
      revocation(),
    ]);
    expect(added).toBeGreaterThanOrEqual(0);
  });

  it('refuses no password when the instances cannot be restarted', async () => {
    restart = () => Promise.reject(new Error('No luck.'));

    await expect(rotate()).rejects.toThrow('No luck.');
    expect(revocation()).toBe(-1);
  });

  it('is alone, but may follow another one, and one that failed', async () => {
    let fail!: (error: Error) => void;
    restart = () => new Promise((_, reject) => (fail = reject));
    const first = rotate();
    await expect(rotate()).rejects.toThrow(
      'The credentials are being rotated. Try again when that is done.',
    );
    while (!fail) await Promise.resolve();
    fail(new Error('No luck.'));
    await expect(first).rejects.toThrow('No luck.');

    restart = async () => {};
    await rotate();
    await rotate();
    expect(revocation()).toBeGreaterThan(0);
  });
});
