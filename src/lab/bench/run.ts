/** Runs the bench, from the first start of a contestant to the last sample. */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Problem } from '../command-line/problem.ts';
import { createProgress } from '../command-line/progress.ts';
import { app, expressServer } from '../peers/contestants.ts';
import { findPinning, findTools } from './machine.ts';
import { measureServers } from './measure-servers.ts';
import { measureScenario } from './measure.ts';
import { startRedis, type RedisServer } from './redis-server.ts';
import type { Plan, Results, ScenarioResult } from './results.ts';
import { countLoads, estimateMinutes, type Scenario } from './scenarios.ts';
import { createServers } from './servers.ts';
import { createAttacker } from './wrk.ts';

/** A sixteenth of those of npm run bench:memory, so that the hash tables of Redis are as full. */
const USERS = 6250;

/** Leaves nothing running, even when it fails. `say` receives the progress. */
export async function run(
  scenarios: Scenario[],
  plan: Plan,
  { signal, say }: { signal: AbortSignal; say: (line: string) => void },
): Promise<Results> {
  if (process.platform !== 'linux') {
    throw new Problem('The bench runs on Linux only: it reads processor time from /proc.');
  }
  const versions = findTools();
  const pinning = await findPinning();
  say(`This takes about ${estimateMinutes(scenarios, plan)} minutes.`);

  const directory = await mkdtemp(join(tmpdir(), 'bench-'));
  const servers = createServers(pinning.server, directory, signal);
  let redis: RedisServer | undefined;
  try {
    redis = await startRedis(pinning.others, directory);
    const { credentials } = redis;
    const parts = { servers, credentials, users: USERS };
    const serverResults = await measureServers(scenarios, parts, say);

    const attack = await createAttacker(pinning.others, directory, signal);
    const measured: ScenarioResult[] = [];
    const progress = createProgress(countLoads(scenarios, plan), say);
    for (const scenario of scenarios) {
      const targets = scenario.contestants.map((each) => servers.find(each));
      const tools = { servers: targets, redis, attack };
      measured.push(await measureScenario(scenario, plan, tools, progress));
    }
    const { isPinned: pinned } = pinning;
    const conditions = { ...plan, pinned, cores: availableParallelism(), versions };
    const names = { subject: app.name, peer: expressServer.name };
    return { conditions, ...names, servers: serverResults, scenarios: measured };
  } finally {
    await servers.stop();
    await redis?.stop();
    await rm(directory, { recursive: true });
  }
}
