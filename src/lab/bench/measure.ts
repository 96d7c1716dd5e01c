/** Puts load on every contestant in turn, round after round, and measures its cost. */
import { Problem } from '../command-line/problem.ts';
import { readResidentMemory } from '../processes/resident-memory.ts';
import { readProcessorTime } from '../processes/processor-time.ts';
import { perform, type Exchange } from '../peers/exchanges.ts';
import type { RedisServer } from './redis-server.ts';
import type { Plan, Sample, ScenarioResult, Standing } from './results.ts';
import type { Scenario } from './scenarios.ts';
import type { Server } from '../peers/server.ts';
import type { Attack, Attacker } from './wrk.ts';

interface Target {
  server: Server;
  exchange: Exchange;
}

interface Track extends Target {
  standing: Standing;
}

const COUNTING = 1; // seconds of load under which commands are counted

/** `say` receives the progress. */
export async function measureScenario(
  { name, contestants: [base], goals, prepare }: Scenario,
  plan: Plan,
  { servers, redis, attack }: { servers: Server[]; redis: RedisServer; attack: Attacker },
  say: (line: string) => void,
): Promise<ScenarioResult> {
  const { connections, rounds, seconds, warmUp } = plan;
  const tracks: Track[] = [];

  for (const server of servers) {
    say(`${name}: warming up ${server.name}`);
    const exchange = await naming(server, () => prepare(server.origin));
    await load({ server, exchange }, warmUp);
    const commandsPerRequest = await countCommands({ server, exchange });
    const standing = { contestant: server.name, commandsPerRequest, samples: [] };
    tracks.push({ server, exchange, standing });
  }

  for (let round = 1; round <= rounds; round++) {
    // One that always came second would always find the machine warmer.
    const order = round % 2 === 1 ? tracks : tracks.toReversed();
    for (const track of order) {
      const sample = await takeSample(track);
      track.standing.samples.push(sample);
      const rate = Math.round(sample.requestsPerSecond).toLocaleString('en');
      say(`${name}, round ${round} of ${rounds}: ${track.server.name} ${rate} requests/s`);
    }
  }
  return { name, base: base.name, goals, standings: tracks.map(({ standing }) => standing) };

  async function countCommands(target: Target): Promise<number> {
    const { commands, result } = await redis.countCommands(() => load(target, COUNTING));
    return commands / countSent(result.requests);
  }

  /** wrk counts answers, but ends with one more request on every connection; the last is ours. */
  function countSent(answered: number): number {
    return answered + connections + 1;
  }

  async function takeSample(track: Track): Promise<Sample> {
    const { pid } = track.server.process;
    const before = await readCounters(pid);
    const { requests, duration, p50, p99 } = await load(track, seconds);
    const after = await readCounters(pid);

    const cpu = after.server - before.server;
    const commands = countSent(requests) * track.standing.commandsPerRequest;
    return {
      requestsPerSecond: requests / duration,
      cpuPerRequest: cpu / requests,
      coreShare: cpu / (duration * 1e6),
      redisCpuPerCommand: (after.redis - before.redis) / commands,
      p50,
      p99,
      resident: await readResidentMemory(pid),
    };
  }

  async function readCounters(pid: number) {
    return {
      redis: await readProcessorTime(redis.pid),
      server: await readProcessorTime(pid),
    };
  }

  /** Checks one more answer after the load: wrk reads no body, and takes 3xx for success. */
  async function load({ server, exchange }: Target, length: number): Promise<Attack> {
    return naming(server, async () => {
      const result = await attack(server.origin, exchange, { connections, seconds: length });
      await perform(server.origin, exchange);
      return result;
    });
  }

  /** Adds the name of the server to a problem, and what the server has printed. */
  async function naming<T>(server: Server, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const output = await server.output();
      throw new Problem(`${server.name}, ${name}: ${error.message}\nIt printed: ${output}`);
    }
  }
}
