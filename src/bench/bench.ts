/** `npm run bench`, the app beside the limit of what it could do: arguments and life cycle. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Problem } from '../foundry/problem.ts';
import { app, type Contestant } from './contestants.ts';
import { measureScenario } from './measure.ts';
import { findPinning } from './pinning.ts';
import { startRedis, type RedisServer } from './redis-server.ts';
import { report } from './report.ts';
import type { Plan, Results, ScenarioResult } from './results.ts';
import { chooseScenarios, listScenarios, type Scenario } from './scenarios.ts';
import { startServer, untilAnswering, type Server } from './server.ts';
import { findTools } from './tools.ts';
import { createAttacker } from './wrk.ts';

const USAGE = `Usage: npm run bench -- [options]

Compares the app with bare node:http + ioredis servers and, where sessions are concerned, with an
Express server, in rounds that take turns, and prints the ratios as Markdown. Needs Linux,
redis-server and wrk. Takes six minutes as it is.

  --scenario NAME   only this one, by name or number; may be repeated, or be a list with commas
  --connections N   keep-alive connections; 64 if not given, worth trying: 256
  --rounds N        8 if not given
  --seconds N       length of a round; 2 if not given
  --warm-up N       seconds of load before the first round; 10 if not given
  --json FILE       writes every sample there as well
  --help            prints this text

Scenarios:
${listScenarios()}

Example: npm run bench -- --scenario 4,5 --connections 256 --rounds 4 --json bench.json`;

process.exitCode = await main();

async function main(): Promise<number> {
  const stopping = stopOnSignals();
  try {
    const { scenarios, plan, json, help } = readArguments();
    if (help) {
      console.log(USAGE);
      return 0;
    }
    const results = await bench(scenarios, plan, stopping.signal);
    process.stdout.write(report(results));
    if (json) await writeFile(json, `${JSON.stringify(results, null, 2)}\n`);
    return 0;
  } catch (error) {
    if (!stopping.signal.aborted && !(error instanceof Problem)) throw error;
    console.error(stopping.signal.aborted ? 'Stopped.' : (error as Problem).message);
    return 1;
  }
}

/** npm passes the terminal's Ctrl-C on, so a signal that comes twice must do no harm. */
function stopOnSignals(): AbortController {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stopping.abort());
  return stopping;
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        scenario: { type: 'string', multiple: true, default: [] },
        connections: { type: 'string', default: '64' },
        rounds: { type: 'string', default: '8' },
        seconds: { type: 'string', default: '2' },
        'warm-up': { type: 'string', default: '10' },
        json: { type: 'string' },
        help: { type: 'boolean' },
      },
    });
    const plan: Plan = {
      connections: readNumber('connections', values.connections),
      rounds: readNumber('rounds', values.rounds),
      seconds: readNumber('seconds', values.seconds),
      warmUp: readNumber('warm-up', values['warm-up']),
    };
    const scenarios = chooseScenarios(values.scenario);
    return { scenarios, plan, json: values.json, help: values.help };
  } catch (error) {
    throw new Problem(`${(error as Error).message}\n\n${USAGE}`);
  }
}

function readNumber(option: string, text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) {
    throw new Problem(`--${option} is "${text}", which is not a whole number from 1 to 99999.`);
  }
  return Number(text);
}

async function bench(scenarios: Scenario[], plan: Plan, signal: AbortSignal): Promise<Results> {
  if (process.platform !== 'linux') {
    throw new Problem('The bench runs on Linux only: it reads processor time from /proc.');
  }
  const versions = findTools();
  const pinning = await findPinning();
  const directory = await mkdtemp(join(tmpdir(), 'bench-'));
  const running = new Map<Contestant, Server>();
  let redis: RedisServer | undefined;

  try {
    redis = await startRedis(pinning.others, directory);
    for (const contestant of new Set(scenarios.flatMap(({ contestants }) => contestants))) {
      const server = await startServer(contestant, redis.credentials, pinning.server, directory);
      running.set(contestant, server);
      await untilAnswering(server, signal);
    }

    const attack = await createAttacker(pinning.others, directory, signal);
    const measured: ScenarioResult[] = [];
    for (const scenario of scenarios) {
      const servers = scenario.contestants.map((contestant) => running.get(contestant)!);
      measured.push(await measureScenario(scenario, plan, { servers, redis, attack }, say));
    }
    const conditions = {
      ...plan,
      pinned: pinning.isPinned,
      cores: availableParallelism(),
      versions,
    };
    return { conditions, subject: app.name, scenarios: measured };
  } finally {
    for (const server of running.values()) await server.process.stop();
    await redis?.stop();
    await rm(directory, { recursive: true });
  }
}

/** To standard error, so that standard output is the report alone. */
function say(line: string) {
  console.error(line);
}
