/** A Redis that goes away, fails over, is full or rearranged, and the network before it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisTopology } from '../../redis/topologies.ts';
import { createFault, type Evidence, type Fault } from '../fault.ts';
import { measureHoldings } from '../holdings.ts';
import { describeLoad, describeOutage, findLosses, findOutage } from '../observation.ts';
import { type Plan, scaled } from '../plan.ts';
import { DURABLE, failOverAsPlanned, hang, killForAWhile, moveSlots } from '../redis-operations.ts';
import * as verdicts from '../verdicts.ts';

const AWAY = 2000; // milliseconds
const HANGING = 10_000; // milliseconds
/** Longer than an error may take. */
const LEAST_HANGING = 2500; // milliseconds
/** Longer than recovery may take, so that a late one shows. */
const AFTER_OUTAGE = 3; // seconds
/** At full scale, long enough for the old primary to return. */
const AFTER_FAIL_OVER = 12; // seconds
const SLOTS = 5461; // all of one primary

const RESETS = 8;
const RESET_PAUSE = 1000; // milliseconds
const LATENCY = 300; // milliseconds, there and back
const LOSS = 0.02;
const SLOW = 8000; // milliseconds

const FULL = 5000; // milliseconds
const LEAST_FULL = 1000; // milliseconds
/** Values that push others out, of a size that fills the memory soon. */
const FILLERS = 400;
const FILLER = 'x'.repeat(20_000);

/** Redis keeps what it has acknowledged just now only where the app waits for a replica. */
const UNCONFIRMED: Killing = {
  promise:
    'whoever is signed in stays so; errors within a second; what was not replicated yet is counted',
  settings: {},
  judge: verdicts.afterFailOver,
};
const CONFIRMED: Killing = {
  promise: 'nothing that was acknowledged is lost; errors within a second',
  settings: { REDIS_WAIT_REPLICAS: '1' },
  judge: verdicts.afterFailOverWithWaiting,
};
const NO_MIX_UP = 'right answers or clear errors; no answer reaches another user';

export const redisFaults: Fault[] = [
  createFault({
    name: 'Redis killed and started again, AOF `always`',
    promise: 'all that was acknowledged is there; errors and recovery within a second each',
    setting: { configuration: DURABLE },
    load: () => ({ after: AFTER_OUTAGE }),
    happening: ({ redis }, plan) => killForAWhile(redis, scaled(AWAY, plan, 1000)),
    judge: verdicts.afterRedisWasKilled,
    describe: describeWithOutage,
  }),
  createFault({
    name: 'Redis stops answering for 10 s (SIGSTOP)',
    promise: 'errors within a second, memory and sockets bounded, recovery within a second',
    load: () => ({ after: AFTER_OUTAGE }),
    async happening(lab, plan) {
      const time = scaled(HANGING, plan, LEAST_HANGING);
      const hanging = hang(lab.redis, time);
      await sleep(time - 500);
      const during = await measureHoldings(lab);
      await hanging;
      return during;
    },
    judge: verdicts.afterRedisHung,
    describe(evidence) {
      const { before, found: during } = evidence;
      const growth = (during.resident - before.resident).toFixed(0);
      return [
        ...describeWithOutage(evidence),
        `the largest instance grew by ${growth} MB ` +
          `and had ${during.sockets} sockets at most (${before.sockets} before)`,
      ];
    },
  }),
  killPrimary('Primary killed under Sentinel', 'sentinel', UNCONFIRMED),
  killPrimary('Primary killed under Sentinel, `REDIS_WAIT_REPLICAS=1`', 'sentinel', CONFIRMED),
  createFault({
    name: 'Planned failover (`SENTINEL FAILOVER`)',
    promise: 'whoever is signed in stays so, and nothing that was acknowledged is lost',
    setting: { topology: 'sentinel' },
    load: afterFailOver,
    happening: (lab) => failOverAsPlanned(lab.server('sentinel/0')),
    judge: ({ observation }) => findLosses(observation),
    describe: describeWithWrites,
  }),
  killPrimary('Primary killed under Cluster', 'cluster', UNCONFIRMED),
  killPrimary('Primary killed under Cluster, `REDIS_WAIT_REPLICAS=1`', 'cluster', CONFIRMED),
  createFault({
    name: 'All slots of a Cluster’s primary move to another',
    promise: 'no request fails, and nothing is lost',
    setting: { topology: 'cluster' },
    happening: ({ server }, plan) =>
      moveSlots(server('redis/0'), server('redis/1'), scaled(SLOTS, plan, 1)),
    judge: verdicts.afterResharding,
    describe: ({ found: moved, observation }) => [`${moved} slots`, describeLoad(observation)],
  }),
  createFault({
    name: 'Connection to Redis reset every second',
    promise: NO_MIX_UP,
    setting: { isBehindLink: true },
    async happening({ link }, plan) {
      for (let i = 0; i < scaled(RESETS, plan, 2); i++) {
        link!.reset();
        await sleep(RESET_PAUSE);
      }
    },
    judge: verdicts.afterResets,
    describe: describeWithLatency,
  }),
  createFault({
    name: 'Link to Redis with 300 ms latency, and 2 % of its packets lost',
    promise: NO_MIX_UP,
    setting: { isBehindLink: true },
    async happening({ link }, plan) {
      Object.assign(link!, { latency: LATENCY, loss: LOSS });
      await sleep(scaled(SLOW, plan, 2000));
      Object.assign(link!, { latency: 0, loss: 0 });
      return LATENCY;
    },
    judge: verdicts.afterSlowness,
    describe: describeWithLatency,
  }),
  createFault({
    name: 'Memory full, `noeviction`',
    promise: '507 for writes; reads go on; nothing is lost',
    async happening({ redis }, plan) {
      await redis.ask('CONFIG', 'SET', 'maxmemory', '1mb');
      await sleep(scaled(FULL, plan, LEAST_FULL));
      await redis.ask('CONFIG', 'SET', 'maxmemory', '250mb');
    },
    judge: verdicts.afterRefusal,
    describe: ({ observation }) => [
      describeLoad(observation),
      `reads that failed: ${verdicts.countFailedReads(observation)}`,
    ],
  }),
  createFault({
    name: 'Memory full, `allkeys-lru`',
    promise: 'an evicted session is a sign-out, an evicted key is not there; never an error page',
    async happening({ redis }) {
      await redis.ask('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
      await redis.ask('CONFIG', 'SET', 'maxmemory', '3mb');
      for (let i = 0; i < FILLERS; i++) await redis.ask('SET', `filler-${i}`, FILLER);
    },
    judge: verdicts.afterEviction,
    describe: ({ observation, before, after }) => [
      describeLoad(observation),
      `keys evicted: ${after.evicted - before.evicted}`,
    ],
  }),
];

interface Killing {
  promise: string;
  settings: Record<string, string>;
  judge: (evidence: Evidence) => string[];
}

function killPrimary(name: string, topology: RedisTopology, killing: Killing): Fault {
  const { promise, settings, judge } = killing;
  return createFault({
    name,
    promise,
    setting: { topology, settings: () => settings },
    load: afterFailOver,
    happening: ({ service }) => service.failOver(),
    judge,
    describe: describeWithWrites,
  });
}

function afterFailOver(plan: Plan) {
  return { after: scaled(AFTER_FAIL_OVER, plan, 2) };
}

function describeWithOutage({ observation }: Evidence): string[] {
  return [describeLoad(observation), describeOutage(findOutage(observation))];
}

function describeWithLatency(evidence: Evidence): string[] {
  const { p50, p99 } = evidence.observation.summary.latency;
  return [...describeWithOutage(evidence), `p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`];
}

function describeWithWrites({ observation }: Evidence): string[] {
  const outage = findOutage(observation);
  if (!outage) return [describeLoad(observation), describeOutage(null)];
  const { untilWrite, duration, slowest } = outage;
  return [
    describeLoad(observation),
    `the next good write after ${untilWrite.toFixed(1)} s, ` +
      `errors for ${duration.toFixed(1)} s, each within ${slowest.toFixed(2)} s`,
  ];
}
