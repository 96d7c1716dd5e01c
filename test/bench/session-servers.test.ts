/** The servers that the app's sessions are compared with keep the contract, at the cost they claim. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { perform } from '../../src/bench/exchange.ts';
import { startRedis, type RedisServer } from '../../src/bench/redis-server.ts';
import { startServer, untilAnswering } from '../../src/bench/server.ts';
import { prepareSessionWrite, prepareSignedInRead } from '../../src/bench/session-exchanges.ts';
import { stopAtEnd } from '../support/cleanup.ts';

const ON_LOOPBACK = join(__dirname, '../support/listen-on-loopback.cjs');
const NODE = ['node', '--import', 'tsx', '--require', ON_LOOPBACK];

describe.each([
  { name: 'bare-session-server', readCommands: 1, writeCommands: 2 },
  { name: 'express-server', readCommands: 2, writeCommands: 2 },
])('$name', ({ name, readCommands, writeCommands }) => {
  let redis: RedisServer;
  let client: Redis;
  let origin: string;

  beforeAll(async () => {
    const directory = await mkdtemp(join(tmpdir(), 'bench-'));
    stopAtEnd(() => rm(directory, { recursive: true }));
    redis = await startRedis([], directory);
    stopAtEnd(() => redis.stop());
    client = new Redis(redis.credentials);
    stopAtEnd(async () => client.disconnect());

    const contestant = { name, command: [...NODE, `src/bench/${name}.ts`] };
    const server = await startServer(contestant, redis.credentials, [], directory);
    stopAtEnd(() => server.process.stop());
    await untilAnswering(server, AbortSignal.timeout(15_000));
    ({ origin } = server);
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

  it.each(['', 'session=unknown; connect.sid=unknown'])(
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
    const write = await prepareSessionWrite(origin);
    await perform(origin, write); // the first one loads the script

    expect(await countCommands(() => perform(origin, read))).toBe(readCommands);
    expect(await countCommands(() => perform(origin, write))).toBe(writeCommands);
  });

  async function countCommands(action: () => Promise<unknown>): Promise<number> {
    return (await redis.countCommands(action)).commands;
  }

  async function findNotes(): Promise<string[]> {
    const keys = await client.keys('*');
    const sessions = await Promise.all(keys.map((key) => client.get(key)));
    return sessions.flatMap((session) => JSON.parse(session!).data.note ?? []);
  }
});
