/** The servers that the app is compared with keep the contract, at the cost they claim. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import {
  perform,
  prepareRead,
  prepareSessionWrite,
  prepareSignedInRead,
  signUp,
  write,
} from '../../../src/lab/peers/exchanges.ts';
import { startRedis, type RedisServer } from '../../../src/lab/bench/redis-server.ts';
import { startServer, untilAnswering } from '../../../src/lab/peers/server.ts';
import { stopAtEnd } from '../../support/cleanup.ts';

const NODE = ['node', '--import', 'tsx'];

describe.each([
  'bench/servers/bare-keys',
  'peers/servers/express',
  'peers/servers/fastify',
  'peers/servers/koa-session',
])('the keys of %s', (name) => {
  let redis: RedisServer;
  let origin: string;

  beforeAll(async () => {
    ({ redis, origin } = await start(name));
  });

  it.each([3, 1024])('keep a value of %i bytes', async (bytes) => {
    const exchange = await prepareRead(origin, bytes);

    expect((await perform(origin, exchange)).body).toHaveLength(bytes);
  });

  it('keep the latest value, decoded', async () => {
    await perform(origin, write('written', 'abc'));
    await perform(origin, write('written', 'new+value'));

    const answer = await fetch(`${origin}/written`);
    expect(await answer.text()).toBe('new value');
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; ?charset=utf-8$/);
  });

  it('are unknown until they are written', async () => {
    const answer = await fetch(`${origin}/missing`);
    expect([answer.status, await answer.text()]).toEqual([404, 'key not present']);
  });

  it('cost one command each', async () => {
    const read = await prepareRead(origin, 3);

    expect(await countCommands(redis, () => perform(origin, read))).toBe(1);
    expect(await countCommands(redis, () => perform(origin, write('written', 'abc')))).toBe(1);
  });
});

describe.each([
  { name: 'express', readCommands: 2 }, // GET and EXPIRE
  { name: 'fastify', readCommands: 1 },
  { name: 'koa-session', readCommands: 1 },
])('the sessions of $name that do not roll', ({ name, readCommands }) => {
  let redis: RedisServer;
  let origin: string;
  let headers: { Cookie: string };

  beforeAll(async () => {
    ({ redis, origin } = await start(`peers/servers/${name}`, { ROLLING: 'false' }));
  });
  beforeEach(async () => {
    headers = { Cookie: await signUp(origin, 'ann') };
  });

  it('return all fields', async () => {
    await writeField('a');
    await writeField('b');

    const answer = await fetch(`${origin}/session/data`, { headers });
    expect(await answer.json()).toEqual({ a: 'x', b: 'x' });
  });

  it('end with the sign-out', async () => {
    const { status } = await fetch(`${origin}/session/sign-out`, { method: 'POST', headers });

    expect([status, await readStatus('me'), await readStatus('data')]).toEqual([200, 401, 401]);
  });

  it('are not saved after a read', async () => {
    expect(await countCommands(redis, () => readStatus('me'))).toBe(readCommands);
  });

  async function writeField(field: string): Promise<void> {
    const body = new URLSearchParams({ data: 'x' });
    await fetch(`${origin}/session/data/${field}`, { method: 'PUT', headers, body });
  }

  async function readStatus(page: string): Promise<number> {
    const answer = await fetch(`${origin}/session/${page}`, { headers });
    await answer.text(); // express sends its end when the session is saved
    return answer.status;
  }
});

describe.each([
  { name: 'bench/servers/bare-sessions', readCommands: 1, writeCommands: 2 },
  { name: 'peers/servers/express', readCommands: 2, writeCommands: 2 },
  { name: 'peers/servers/fastify', readCommands: 2, writeCommands: 2 },
  { name: 'peers/servers/koa-session', readCommands: 2, writeCommands: 2 },
])('the sessions of $name', ({ name, readCommands, writeCommands }) => {
  let redis: RedisServer;
  let client: Redis;
  let origin: string;

  beforeAll(async () => {
    ({ redis, origin } = await start(name));
    client = new Redis(redis.credentials);
    stopAtEnd(async () => client.disconnect());
  });

  it('knows who signed up', async () => {
    const exchange = await prepareSignedInRead(origin);

    const { body } = await perform(origin, exchange);
    expect(JSON.parse(body)).toEqual({
      user: 'reader',
      signedInAt: expect.stringMatching(/Z$/),
      signedInBy: { index: 0, guid: expect.any(String) },
      servedBy: { index: 0, guid: expect.any(String) },
      idleTimeout: expect.any(Number),
      absoluteTimeout: expect.any(Number),
      expiresAt: expect.stringMatching(/Z$/),
    });
  });

  it.each(['', 'session=unknown; connect.sid=unknown; sessionId=unknown; koa.sess=unknown'])(
    'answers 401 to the cookie "%s"',
    async (cookie) => {
      const headers = { cookie };
      const body = new URLSearchParams({ data: 'x' });

      const read = await fetch(`${origin}/session/me`, { headers });
      const write = await fetch(`${origin}/session/data/note`, { method: 'PUT', headers, body });
      expect([read.status, write.status]).toEqual([401, 401]);
    },
  );

  it('keeps the latest value of a field in its session', async () => {
    const exchange = await prepareSessionWrite(origin);
    await perform(origin, { ...exchange, body: 'data=old' });
    await perform(origin, { ...exchange, body: 'data=new+value' });

    expect(await findNotes()).toEqual(['new value']);
  });

  it('sends as many commands as it should, those inside scripts not counted', async () => {
    const read = await prepareSignedInRead(origin);
    const change = await prepareSessionWrite(origin);
    await perform(origin, change); // the first one loads the script

    expect(await countCommands(redis, () => perform(origin, read))).toBe(readCommands);
    expect(await countCommands(redis, () => perform(origin, change))).toBe(writeCommands);
  });

  async function findNotes(): Promise<string[]> {
    const keys = await client.keys('*');
    const sessions = await Promise.all(keys.map((key) => client.get(key)));
    return sessions.flatMap((session) => JSON.parse(session!).data.note ?? []);
  }
});

async function start(name: string, settings?: Record<string, string>) {
  const directory = await mkdtemp(join(tmpdir(), 'bench-'));
  stopAtEnd(() => rm(directory, { recursive: true }));
  const redis = await startRedis([], directory);
  stopAtEnd(() => redis.stop());

  const contestant = { name, command: [...NODE, `src/lab/${name}.ts`], settings };
  const { credentials } = redis;
  const server = await startServer(contestant, { credentials, directory });
  stopAtEnd(() => server.process.stop());
  await untilAnswering(server, AbortSignal.timeout(15_000));
  return { redis, origin: server.origin };
}

async function countCommands(redis: RedisServer, action: () => Promise<unknown>): Promise<number> {
  return (await redis.countCommands(action)).commands;
}

it('says what a server has printed that does not start', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'bench-'));
  stopAtEnd(() => rm(directory, { recursive: true }));
  const contestant = { name: 'a peer', command: ['sh', '-c', 'echo no luck; exit 3'] };
  const credentials = { host: '127.0.0.1', port: 1, password: '' };
  const server = await startServer(contestant, { credentials, directory });
  await server.process.ended;

  await expect(untilAnswering(server, new AbortController().signal)).rejects.toThrow(
    'a peer did not start. It printed: no luck\n',
  );
});
