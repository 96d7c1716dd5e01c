/** `npm run bench:memory`: what signed-in users take in Redis, and how many fit into a plan. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { sessionKey } from '../redis/names.ts';
import { createSessionId, handleOf } from '../sessions/id.ts';
import { formatRecord } from '../sessions/record.ts';
import { createSessions } from '../sessions/sessions.ts';
import { markdownTable } from '../report/markdown-table.ts';
import { startRedis } from './redis-server.ts';

const USERS = 100_000;
const AT_A_TIME = 1000;
const TIMEOUTS = { idle: 30 * 60_000, absolute: 12 * 60 * 60_000 }; // milliseconds
/** The plan of the walk-through. */
const MAXMEMORY = 262_144_000; // bytes

const FIELDS = { signedInBy: JSON.stringify(`0/${randomUUID()}`) };

const directory = await mkdtemp(join(tmpdir(), 'session-memory-'));
const server = await startRedis([], directory);
const redis = new Redis(server.credentials);
try {
  const sessions = createSessions(redis, { clock: Date, timeouts: TIMEOUTS, log: console.log });
  const record = await measure((user) => {
    const startedAt = Date.now();
    const text = formatRecord({
      user,
      startedAt,
      endsAt: startedAt + TIMEOUTS.absolute,
      fields: FIELDS,
    });
    return redis.set(sessionKey(handleOf(createSessionId())), text, 'PX', TIMEOUTS.idle);
  });
  const all = await measure((user) => sessions.start(handleOf(createSessionId()), user, FIELDS));
  console.log(report(record, all));
} finally {
  redis.disconnect();
  await server.stop();
  await rm(directory, { recursive: true });
}

/** Bytes of used_memory per user. */
async function measure(store: (user: string) => Promise<unknown>): Promise<number> {
  await redis.flushall();
  const before = await usedMemory();
  for (let first = 0; first < USERS; first += AT_A_TIME) {
    const users = Array.from({ length: AT_A_TIME }, (_, i) => `user-${first + i}`);
    await Promise.all(users.map(store));
  }
  return ((await usedMemory()) - before) / USERS;
}

async function usedMemory(): Promise<number> {
  return Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))![1]);
}

function report(record: number, all: number): string {
  const rows: [string, number][] = [
    ['its record', record],
    ['its record and its place in the index', all],
  ];
  return markdownTable(
    [
      { title: 'what a session takes' },
      { title: 'bytes in Redis', isFigure: true },
      { title: `fit into ${inWords(MAXMEMORY)} bytes`, isFigure: true },
    ],
    rows.map(([what, bytes]) => [what, inWords(bytes), inWords(Math.floor(MAXMEMORY / bytes))]),
  );
}

function inWords(count: number): string {
  return Math.round(count).toLocaleString('en');
}
