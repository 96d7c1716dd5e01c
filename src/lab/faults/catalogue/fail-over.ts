/** A primary that goes, and a replica that takes its place. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisService } from '../../redis/fail-over.ts';
import { type RedisTopology, startRedis } from '../../redis/topologies.ts';
import { type Fault, type Plan, scaled } from '../fault.ts';
import { inLab, type Lab } from '../lab.ts';
import { describeLoad, findLosses, findOutage, type Observation } from '../observation.ts';
import { afterFailOver, afterFailOverWithWaiting } from '../verdicts.ts';

/** At full scale, long enough for the old primary to return. */
const AFTER = 12; // seconds

const PATIENCE = 60_000; // milliseconds
const INTERVAL = 50; // milliseconds between two looks at who the primary is

const WAITING = { REDIS_WAIT_REPLICAS: '1' };

export const sentinel = createFailOver({
  name: 'Primary killed under Sentinel',
  promise:
    'whoever is signed in stays so; errors within a second; what was not replicated yet is counted',
  topology: 'sentinel',
});

export const sentinelWaiting = createFailOver({
  name: 'Primary killed under Sentinel, `REDIS_WAIT_REPLICAS=1`',
  promise: 'nothing that was acknowledged is lost; errors within a second',
  topology: 'sentinel',
  settings: WAITING,
});

export const cluster = createFailOver({
  name: 'Primary killed under Cluster',
  promise:
    'whoever is signed in stays so; errors within a second; what was not replicated yet is counted',
  topology: 'cluster',
});

export const clusterWaiting = createFailOver({
  name: 'Primary killed under Cluster, `REDIS_WAIT_REPLICAS=1`',
  promise: 'nothing that was acknowledged is lost; errors within a second',
  topology: 'cluster',
  settings: WAITING,
});

export const planned: Fault = {
  name: 'Planned failover (`SENTINEL FAILOVER`)',
  promise: 'whoever is signed in stays so, and nothing that was acknowledged is lost',

  run: (plan) =>
    inLab(
      { plan, bind: async (servers) => (await startRedis('sentinel', servers)).credentials },
      async (lab) => {
        const observation = await lab.underLoad(() => failOverAsPlanned(lab), afterwards(plan));
        return { broken: findLosses(observation), figures: describe(observation) };
      },
    ),
};

interface Killing {
  name: string;
  promise: string;
  topology: RedisTopology;
  settings?: Record<string, string>;
}

function createFailOver({ name, promise, topology, settings = {} }: Killing): Fault {
  return { name, promise, run };

  function run(plan: Plan) {
    let service: RedisService;
    const bind = async (servers: Parameters<typeof startRedis>[1]) => {
      service = await startRedis(topology, servers);
      return service.credentials;
    };
    return inLab({ bind, settings: () => settings, plan }, async (lab) => {
      const observation = await lab.underLoad(() => service.failOver(), afterwards(plan));
      const judge = settings === WAITING ? afterFailOverWithWaiting : afterFailOver;
      return { broken: judge(observation), figures: describe(observation) };
    });
  }
}

function afterwards(plan: Plan) {
  return { after: scaled(AFTER, plan, 2) };
}

/** Resolves when the Sentinels name another primary. */
async function failOverAsPlanned({ redis }: Lab) {
  const sentinel = redis.get('sentinel/0')!;
  const findPrimary = async () =>
    String(await sentinel.ask('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'redis-master'));
  const before = await findPrimary();
  await sentinel.ask('SENTINEL', 'FAILOVER', 'redis-master');
  const deadline = performance.now() + PATIENCE;
  while ((await findPrimary()) === before) {
    if (performance.now() > deadline) throw new Error('The Sentinels named no other primary.');
    await sleep(INTERVAL);
  }
}

function describe(observation: Observation): string {
  const outage = findOutage(observation);
  if (!outage) return `${describeLoad(observation)}; no request failed`;
  const { untilWrite, duration, slowest } = outage;
  return (
    `${describeLoad(observation)}; the next good write after ${untilWrite.toFixed(1)} s, ` +
    `errors for ${duration.toFixed(1)} s, each within ${slowest.toFixed(2)} s`
  );
}
