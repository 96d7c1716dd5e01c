/** `npm run bench:memory`: the memory of sessions in Redis, and how many fit into a plan. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { createProgram, runProgram } from '../command-line/program.ts';
import { figures, tabulate, words } from '../report/markdown-table.ts';
import { formatCount } from '../report/numbers.ts';
import { printReport } from '../report/terminal.ts';
import { createAppSessions } from './app-sessions.ts';
import { startRedis } from './redis-server.ts';
import { measureSessionBytes } from './session-bytes.ts';

const USERS = 100_000;
const MAXMEMORY = 262_144_000; // bytes: the plan of the walk-through

const program = createProgram('bench:memory')
  .description(
    `Stores ${formatCount(USERS)} sessions in a Redis of its own, and prints how many bytes each ` +
      'takes there. Needs redis-server. Takes about a minute.',
  )
  .action(measure);

await runProgram(program);

async function measure(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'session-memory-'));
  const server = await startRedis([], directory);
  const redis = new Redis(server.credentials);
  try {
    const { start, storeRecord } = createAppSessions(redis);
    const record = await measureSessionBytes(redis, USERS, storeRecord);
    const all = await measureSessionBytes(redis, USERS, start);
    printReport(report(record, all));
  } finally {
    redis.disconnect();
    await server.stop();
    await rm(directory, { recursive: true });
  }
}

function report(record: number, all: number): string {
  const rows = [
    { what: 'its record', bytes: record },
    { what: 'its record and its place in the index', bytes: all },
  ];
  return tabulate(rows, [
    words('what a session takes', ({ what }) => what),
    figures('bytes in Redis', ({ bytes }) => formatCount(bytes)),
    figures(`fit into ${formatCount(MAXMEMORY)} bytes`, ({ bytes }) =>
      formatCount(Math.floor(MAXMEMORY / bytes)),
    ),
  ]);
}
