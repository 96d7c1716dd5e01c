/** The loads on the servers of a scenario, and what is made of their figures. */
import { measureScenario } from '../../../src/lab/bench/measure.ts';
import type { RedisServer } from '../../../src/lab/bench/redis-server.ts';
import type { Scenario } from '../../../src/lab/bench/scenarios.ts';
import type { Exchange } from '../../../src/lab/peers/exchanges.ts';
import type { Server } from '../../../src/lab/peers/server.ts';
import { serve } from '../../support/serve.ts';

const EXCHANGE: Exchange = {
  method: 'GET',
  path: '/key',
  headers: {},
  expected: { status: 200, body: 'value' },
};
const PLAN = { connections: 4, rounds: 3, seconds: 2, warmUp: 5 };
const ANSWERED = 95; // under each load

/** Measures two servers; `answer` is what they give to the request that follows a load. */
async function measure(answer = () => 'value') {
  const { pid } = process; // this process stands for each of them
  const loads: string[] = [];
  const servers: Server[] = [];
  for (const name of ['bare', 'app']) {
    const origin = await serve((_, response) => response.end(answer()));
    const parts = { name, origin, process: { pid }, output: async () => 'a warning' };
    servers.push(parts as unknown as Server);
  }
  const redis = {
    pid,
    async countCommands(action: () => Promise<unknown>) {
      loads.push('counted');
      return { commands: 2 * (ANSWERED + PLAN.connections + 1), result: await action() };
    },
  } as unknown as RedisServer;
  async function attack(origin: string, _: Exchange, { seconds }: { seconds: number }) {
    loads.push(`${servers.find((server) => server.origin === origin)!.name} ${seconds} s`);
    return { requests: ANSWERED, duration: 2.5, p50: 1, p99: 3 };
  }
  const scenario = {
    name: 'reads',
    contestants: [{ name: 'bare', command: [] }],
    goals: { rates: [] },
    prepare: async () => EXCHANGE,
  } as Scenario;
  const said: string[] = [];
  const tools = { servers, redis, attack };
  const measuring = measureScenario(scenario, PLAN, tools, (line) => said.push(line));
  return { result: await measuring, loads, said };
}

it('warms each server up, counts its commands, and has the rounds take turns', async () => {
  const { loads, said } = await measure();

  expect(loads.join(', ')).toBe(
    'bare 5 s, counted, bare 1 s, app 5 s, counted, app 1 s, ' +
      'bare 2 s, app 2 s, app 2 s, bare 2 s, bare 2 s, app 2 s',
  );
  expect(said[0]).toBe('reads: warming up bare');
  expect(said.at(-1)).toBe('reads, round 3 of 3: app 38 requests/s');
});

it('has a sample of each round, and the commands of each request that was sent', async () => {
  const { result } = await measure();

  expect(result).toMatchObject({ name: 'reads', base: 'bare' });
  expect(result.standings.map(({ contestant }) => contestant)).toEqual(['bare', 'app']);
  for (const { commandsPerRequest, samples } of result.standings) {
    expect(commandsPerRequest).toBe(2);
    expect(samples).toHaveLength(3);
    for (const sample of samples) {
      expect(sample).toMatchObject({ requestsPerSecond: 38, p50: 1, p99: 3 });
      expect(sample.resident).toBeGreaterThan(10);
      // Of the time that the load took, not of the time that it should take
      const cpu = sample.cpuPerRequest * ANSWERED;
      expect(sample.coreShare).toBeCloseTo(cpu / 2_500_000, 9);
    }
  }
});

it('ends with what a server has printed when it gives a wrong answer after a load', async () => {
  await expect(measure(() => 'another')).rejects.toThrow(
    'bare, reads: GET /key was answered with 200 "another" instead of 200 "value".\n' +
      'It printed: a warning',
  );
});
