/** Another password for a Redis in use: two are right until the old one is revoked. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { addPassword } from '../../../src/lab/redis/passwords.ts';
import { hasReplicas, startReplicas } from '../../../src/lab/redis/replicas.ts';
import type { Server, Servers } from '../../../src/lab/redis/servers.ts';
import { useServers } from '../../support/redis-server.ts';

const OLD = 'the-old-one';

let servers: Servers;
let primary: Server;
let replica: Server;

beforeAll(async () => {
  servers = await useServers();
  const { primary: first, replicas } = await startReplicas(servers, { count: 1, password: OLD });
  [primary, replica] = [first, replicas[0]!];
});

describe('a password', () => {
  it('is in a file that its own user can read, and not among the arguments of the process', async () => {
    const file = join(servers.directory, 'redis-0', 'redis.conf');

    expect(await readFile(file, 'utf8')).toContain(`requirepass ${OLD}\n`);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const command = await readFile(`/proc/${primary.process.pid}/cmdline`, 'utf8');
    expect(command).toMatch(/^redis-server/);
    expect(command).not.toContain(OLD);
  });
});

describe('a password that is added', () => {
  it('is right beside the old one, until that is revoked', async () => {
    const client = new Redis({ port: primary.port, password: OLD, retryStrategy: () => null });
    await client.ping();
    const subscriber = client.duplicate();
    await subscriber.subscribe('news');
    const isClosed = (each: Redis) => new Promise((resolve) => each.once('end', resolve));
    const closed = Promise.all([client, subscriber].map(isClosed));

    const { password, revokeOthers } = await addPassword(servers);

    for (const server of [primary, replica]) {
      expect(await server.ask('AUTH', OLD)).toBe('OK');
      expect(await server.ask('AUTH', password)).toBe('OK');
    }

    await revokeOthers();

    await closed;
    for (const server of [primary, replica]) {
      await expect(server.ask('AUTH', OLD)).rejects.toThrow('WRONGPASS');
      expect(await server.ask('AUTH', password)).toBe('OK');
    }
  }, 10_000);

  it('is revoked with the old one by a later one, when it was left so', async () => {
    const { password: left } = await addPassword(servers);
    const { revokeOthers } = await addPassword(servers);

    await revokeOthers();

    await expect(primary.ask('AUTH', left)).rejects.toThrow('WRONGPASS');
  });

  it('is that of a server which is killed and started again, and of its replicas', async () => {
    const { revokeOthers } = await addPassword(servers);
    await revokeOthers();

    await primary.kill();
    await primary.startAgain();

    await servers.until(() => hasReplicas(primary, 1), 'has its replica again');
    await expect(primary.ask('AUTH', OLD)).rejects.toThrow('WRONGPASS');
  });

  it('is refused while a server is away', async () => {
    await replica.kill();

    await expect(addPassword(servers)).rejects.toThrow(
      'redis/1 is away. Try again when it is back.',
    );
    await replica.startAgain();
  });
});

describe('a server that ends', () => {
  it('is reported when it ends by itself, and not when it was killed, as those above', async () => {
    replica.process.kill();

    await expect(servers.crashed).rejects.toThrow('redis/1 ended by itself (signal SIGKILL).');
  });
});
