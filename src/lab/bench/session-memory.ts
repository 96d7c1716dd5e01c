/** `npm run bench:memory`: what signed-in users take in Redis, and how many fit into a plan. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { markdownTable } from '../report/markdown-table.ts';
import { createAppSessions } from './app-sessions.ts';
import { startRedis } from './redis-server.ts';
import { measureSessionBytes } from './session-bytes.ts';

const USERS = 100_000;
/** The plan of the walk-through. */
const MAXMEMORY = 262_144_000; // bytes

const directory = await mkdtemp(join(tmpdir(), 'session-memory-'));
const server = await startRedis([], directory);
const redis = new Redis(server.credentials);
try {
  const { start, storeRecord } = createAppSessions(redis);
  const record = await measureSessionBytes(redis, USERS, storeRecord);
  const all = await measureSessionBytes(redis, USERS, start);
  console.log(report(record, all));
} finally {
  redis.disconnect();
  await server.stop();
  await rm(directory, { recursive: true });
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
