/** The commands for a foundry that runs: clients of the app notice nothing of them. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Redis } from 'ioredis';
import { isHanging, listChildren } from '../../support/lab.ts';
import { until } from '../../support/until.ts';
import { ask, type Foundry, isListening, keepAsking, useFoundries } from './support.ts';

const foundries = useFoundries();

let foundry: Foundry;
let url: string;
let port: number;

beforeAll(async () => {
  const started = await foundries.start({ args: ['--sticky', '--sessions', 'memory'] });
  ({ url, port } = started);
  foundry = started;
});

describe('a foundry', () => {
  it('gives each instance its own place in the environment of the platform', async () => {
    const environments = await askAll(3);

    for (const [index, env] of environments.entries()) {
      expect(env).toMatchObject({
        CF_INSTANCE_INDEX: String(index),
        CF_INSTANCE_ADDR: `127.0.0.1:${env.PORT}`,
        LISTEN_ADDRESS: '127.0.0.1',
        SESSIONS: 'memory',
        STICKY_SESSIONS: 'true',
      });
      expect(JSON.parse(env.VCAP_APPLICATION!)).toMatchObject({
        application_uris: [`127.0.0.1:${port}`],
        instance_id: env.CF_INSTANCE_GUID,
        instance_index: index,
      });
    }
    for (const name of ['CF_INSTANCE_GUID', 'PORT', 'TMPDIR']) {
      expect(new Set(environments.map((env) => env[name])).size).toBe(3);
    }
  });

  it('says how much memory an instance has, and which share of a core', () => {
    expect(foundry.output()).toMatch(/^Each instance has 256 MB of memory.*, enforced by /m);
    expect(foundry.output()).toMatch(/ and (0\.2 of a core|no limit of processor time), /);
  });

  it('lists its instances, with what each uses of its limits', async () => {
    const { code, said } = await foundry.command('status');

    expect(code).toBe(0);
    const [headings, rule, ...lines] = said.trim().split('\n');
    expect(headings).toMatch(/^index +GUID +state +pid +port +since +memory +cores$/);
    expect(rule).toMatch(/^[- ]+$/);
    const environments = await askAll(3);
    const instance = ({ CF_INSTANCE_INDEX, CF_INSTANCE_GUID, PORT }: Record<string, string>) =>
      new RegExp(
        `^${CF_INSTANCE_INDEX} +${CF_INSTANCE_GUID!.slice(0, 8)} +running +\\d+ +${PORT} +[\\d:]{8} +` +
          '[1-9]\\d+ of 256 MB +0\\.\\d\\d( of 0\\.2)?$',
      );
    expect(Math.max(...said.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(lines).toEqual(environments.map((env) => expect.stringMatching(instance(env))));
  });

  it('takes commands from its own user only', async () => {
    const { mode } = await stat(socket());
    expect(mode & 0o777).toBe(0o600);
  });

  it('starts a killed instance again, with the same index and another GUID', async () => {
    const before = await askAll(3);
    const load = keepAsking(url);
    await load.answered();

    const { code, said } = await foundry.command('kill 1');

    await load.answered();
    const { failures } = await load.stop();
    expect([code, said]).toEqual([0, 'Instance 1 was killed, and another one is up.\n']);
    expect(failures.length).toBeLessThanOrEqual(3); // one that each client had under way
    const after = await askAll(3);
    expect(after.map((env, index) => isSame(env, before[index]!))).toEqual([true, false, true]);
  });

  it('scales to 1 and to 4 without losing a request', async () => {
    const load = keepAsking(url);
    for (const count of [1, 4]) {
      await load.answered();
      const { code } = await foundry.command(`scale ${count}`);
      expect(code).toBe(0);
      expect(await askAll(count)).toHaveLength(count);
    }
    await load.answered();

    expect((await load.stop()).failures).toEqual([]);
  });

  it('restarts one instance after the other without losing a request', async () => {
    const before = await askAll(4);
    const load = keepAsking(url);
    await load.answered();

    const { code, said } = await foundry.command('restart');

    await load.answered();
    expect((await load.stop()).failures).toEqual([]);
    expect([code, said]).toEqual([0, 'All instances are new ones.\n']);
    const after = await askAll(4);
    expect(after.map((env, index) => isSame(env, before[index]!))).toEqual(Array(4).fill(false));
  });

  it('rotates the credentials: the old password is refused', async () => {
    const before = redisOf((await askAll(1))[0]!);

    const { code, said } = await foundry.command('rotate');

    const sentence =
      'All instances have another password of Redis, which refuses the one before.\n';
    expect([code, said]).toEqual([0, sentence]);
    const after = (await askAll(3)).map(redisOf);
    expect(new Set(after.map(({ password }) => password)).size).toBe(1);
    expect(await login(before)).toMatch(/^WRONGPASS /);
    expect(await login(after[0]!)).toBe('OK');
  });

  it('lets an instance finish what it was asked before it goes', async () => {
    const answers = [1, 2, 3, 4].map(() => fetch(`${url}/slow`));
    await foundry.prints(/is asked slowly(.|\n)*is asked slowly/);
    await foundry.command('scale 1');

    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  it('makes Redis hang for so many seconds, and says when it answers again', async () => {
    const began = performance.now();
    const outage = foundry.command('outage 1');
    const redis = await until('Redis hangs', () => listChildren(foundry.pid).find(isHanging));

    expect(await post('/outage/1')).toBe('Redis hangs already. Try again when that is over.');
    const said = 'Redis hung for 1 second, and answers again.\n';
    expect(await outage).toEqual({ code: 0, said });
    expect(performance.now() - began).toBeGreaterThan(1000);
    expect(isHanging(redis)).toBe(false);
  });

  it('starts a Redis again that was killed, at the same port and with the same password', async () => {
    const { port, password } = redisOf((await askAll(1))[0]!);
    const redis = listChildren(foundry.pid).find(isRedis)!;

    process.kill(redis, 'SIGKILL');

    await foundry.prints(/foundry +\| redis ended \(signal SIGKILL\).* It starts again in 1 s\./);
    await foundry.prints(/foundry +\| redis is back\./);
    const client = new Redis({ host: '127.0.0.1', port, password });
    expect(await client.ping()).toBe('PONG');
    client.disconnect();
  });

  it.each([
    ['kill 7', 'There is no instance 7: the last one is 0.\n'],
    [
      'status --port 1',
      'No foundry runs at port 1. Start one with `npm run foundry`, or say with --port where it is.\n',
    ],
  ])('cannot do %s, and says why', async (line, sentence) => {
    expect(await foundry.command(line)).toEqual({ code: 1, said: sentence });
  });

  it('stops, and leaves neither a process nor a file', async () => {
    const ports = (await askAll(1)).flatMap((env) => [Number(env.PORT), redisOf(env).port]);

    expect(await foundry.command('stop')).toEqual({ code: 0, said: 'Stopped.\n' });

    expect(await foundry.ended).toBe(0);
    expect(await Promise.all([port, ...ports].map(isListening))).not.toContain(true);
    await expect(stat(socket())).rejects.toThrow('ENOENT');
  });
});

/** Sends a command without the time that a program takes to start. */
async function post(path: string): Promise<string> {
  const asked = request({ socketPath: socket(), path, method: 'POST' }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return text(answer);
}

/** The environments of the instances with the indexes below `count`. */
async function askAll(count: number): Promise<Record<string, string>[]> {
  const all = Array.from({ length: count }, async (_, index) => {
    const { environment } = await ask(url, { headers: await meant(index) });
    return environment;
  });
  return Promise.all(all);
}

async function meant(index: number) {
  const { VCAP_APPLICATION } = (await ask(url)).environment;
  return { 'X-Cf-Process-Instance': `${JSON.parse(VCAP_APPLICATION!).process_id}:${index}` };
}

function isSame(env: Record<string, string>, other: Record<string, string>): boolean {
  return env.CF_INSTANCE_GUID === other.CF_INSTANCE_GUID;
}

function socket(): string {
  return join(foundries.directory, `foundry-${port}.sock`);
}

/** Returns Redis' answer to the password. */
async function login({ port, password }: { port: number; password: string }): Promise<string> {
  const client = new Redis({ host: '127.0.0.1', port, protocol: 2, enableReadyCheck: false });
  const answer = await client.auth(password).catch((error: Error) => error.message);
  client.disconnect();
  return answer;
}

function redisOf({ VCAP_SERVICES }: Record<string, string>): { port: number; password: string } {
  return JSON.parse(VCAP_SERVICES!)['redis-sb'][0].credentials;
}

function isRedis(pid: number): boolean {
  return readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('redis-server');
}
