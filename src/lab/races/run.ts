/** Runs all races: the servers one after the other, each with two instances on the same Redis. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProgress } from '../command-line/progress.ts';
import type { RedisCredentials } from '../foundry/environment.ts';
import type { Contestant } from '../peers/contestants.ts';
import { type Server, startServer, untilAnswering } from '../peers/server.ts';
import { createServers } from '../redis/servers.ts';
import type { Entrant } from './entrants.ts';
import { type Instances, RUN } from './race.ts';
import { type Outcome, type RaceName, RACES, type Result } from './results.ts';

export interface Extent {
  /** Of each race. */
  sessions: number;
  /** Parallel writes to a session, and requests in flight at a sign-out. */
  writes: number;
}

interface Watch {
  /** Aborted, it ends the run: the promise rejects with the reason of the signal. */
  signal: AbortSignal;
  /** Receives the progress. */
  say: (line: string) => void;
}

/** Leaves nothing running, even when it fails. */
export async function runRaces(
  entrants: Entrant[],
  { sessions, writes }: Extent,
  { signal, say }: Watch,
): Promise<Result[]> {
  const directory = await mkdtemp(join(tmpdir(), 'races-'));
  const redis = createServers(directory);
  const begin = createProgress(entrants.length * RACES.length, say);
  try {
    const { host, port, password } = await redis.start({
      name: 'redis-server',
      password: randomUUID(),
    });
    const start = { credentials: { host, port, password }, directory };
    const results: Result[] = [];
    for (const entrant of entrants) {
      const { name, options } = entrant;
      const outcomes = await withInstances(entrant, start, signal, (instances) =>
        runAll(name, instances),
      );
      results.push({ server: name, options, outcomes });
    }
    return results;
  } finally {
    await redis.stop();
    await rm(directory, { recursive: true });
  }

  async function runAll(name: string, instances: Instances): Promise<Result['outcomes']> {
    const outcomes: [RaceName, Outcome][] = [];
    for (const race of RACES) {
      begin(`${name}: ${race}`);
      outcomes.push([race, await runOne(race, instances)]);
    }
    return Object.fromEntries(outcomes) as Result['outcomes'];
  }

  async function runOne(race: RaceName, [first, second]: Instances): Promise<Outcome> {
    const sum: Outcome = { done: 0, undone: 0 };
    for (let i = 0; i < sessions; i++) {
      signal.throwIfAborted();
      const instances = i % 2 ? ([second, first] as const) : ([first, second] as const);
      const user = `${race.replaceAll(' ', '-')}-${i}`;
      const { done, undone } = await RUN[race]({ instances, user, requests: writes });
      sum.done += done;
      sum.undone += undone;
    }
    return sum;
  }
}

async function withInstances<Result>(
  contestant: Contestant,
  start: { credentials: RedisCredentials; directory: string },
  signal: AbortSignal,
  work: (instances: Instances) => Promise<Result>,
): Promise<Result> {
  const servers: Server[] = [];
  try {
    for (const index of [0, 1]) servers.push(await startServer(contestant, { ...start, index }));
    for (const server of servers) await untilAnswering(server, signal);
    return await work([servers[0]!.origin, servers[1]!.origin]);
  } finally {
    await Promise.all(servers.map(({ process }) => process.stop()));
  }
}
