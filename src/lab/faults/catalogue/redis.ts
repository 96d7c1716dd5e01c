/** A Redis that goes away, fails over, is full or rearranged, and the network before it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { hang } from '../../redis/outage.ts';
import type { RedisTopology } from '../../redis/topologies.ts';
import { createFault, type Evidence, type JudgedFault } from '../fault.ts';
import { measureHoldings } from '../holdings.ts';
import { hasNoFailures, hasOnly, type Checks } from '../judgement.ts';
import { countFailedReads, describeLoad, describeOutage } from '../observation.ts';
import { type Plan, scaled } from '../plan.ts';
import { DURABLE, failOverAsPlanned, killForAWhile, moveSlots } from '../redis-operations.ts';

/** Within this time the app reports that Redis is away, and finds it when it is back. */
const PROMPT = 1; // second
/** What a hanging Redis may cost an instance. */
const MUCH = 64; // MB
const MANY_SOCKETS = 60; // three for each user of the load

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
  mayLose: 'values',
  promise:
    'whoever is signed in stays so; errors within a second; what was not replicated yet is counted',
  settings: {},
};
const CONFIRMED: Killing = {
  promise: 'nothing that was acknowledged is lost; errors within a second',
  settings: { REDIS_WAIT_REPLICAS: '1' },
};
const NO_MIX_UP = 'right answers or clear errors; no answer reaches another user';

export const redisFaults: JudgedFault[] = [
  createFault({
    name: 'Redis killed and started again, AOF `always`',
    promise: 'all that was acknowledged is there; errors and recovery within a second each',
    setting: { configuration: DURABLE },
    load: () => ({ after: AFTER_OUTAGE }),
    happening: ({ redis }, plan) => killForAWhile(redis, scaled(AWAY, plan, 1000)),
    judge: judgeOutage,
    describe: describeWithOutage,
  }),
  createFault({
    name: 'Redis stops answering for 10 s (SIGSTOP)',
    promise: 'errors within a second, memory and sockets bounded, recovery within a second',
    load: () => ({ after: AFTER_OUTAGE }),
    async happening(lab, plan) {
      const time = scaled(HANGING, plan, LEAST_HANGING);
      const hanging = hang([lab.redis], time);
      await sleep(time - 500);
      const during = await measureHoldings(lab);
      await hanging;
      return during;
    },
    judge: (evidence) => [
      ...judgeOutage(evidence),
      ['memory grew', evidence.found.resident - evidence.before.resident < MUCH],
      ['sockets grew', evidence.found.sockets - evidence.before.sockets < MANY_SOCKETS],
    ],
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
    judge: ({ found: moved, observation }) => [
      ['no slots were moved', moved > 0],
      ['a request failed', hasNoFailures(observation)],
    ],
    describe: ({ found: moved, observation }) => [`${moved} slots`, describeLoad(observation)],
  }),
  createFault({
    name: 'Connection to Redis reset every second',
    promise: NO_MIX_UP,
    setting: { isBehindLink: true },
    async happening({ service: { link } }, plan) {
      for (let i = 0; i < scaled(RESETS, plan, 2); i++) {
        link!.reset();
        await sleep(RESET_PAUSE);
      }
    },
    judge: judgeErrors,
    describe: describeWithLatency,
  }),
  createFault({
    name: 'Link to Redis with 300 ms latency, and 2 % of its packets lost',
    promise: NO_MIX_UP,
    setting: { isBehindLink: true },
    async happening({ service: { link } }, plan) {
      Object.assign(link!, { latency: LATENCY, loss: LOSS });
      await sleep(scaled(SLOW, plan, 2000));
      Object.assign(link!, { latency: 0, loss: 0 });
    },
    judge: (evidence) => [
      ...judgeErrors(evidence),
      ['nothing was slow', evidence.observation.summary.latency.max >= LATENCY],
    ],
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
    judge: ({ observation }) => [
      ['no write was answered 507', 'HTTP 507' in observation.summary.errors],
      ['a request failed otherwise', hasOnly(observation, (kind) => kind === 'HTTP 507')],
      ['a read failed', countFailedReads(observation) === 0],
    ],
    describe: ({ observation }) => [
      describeLoad(observation),
      `reads that failed: ${countFailedReads(observation)}`,
    ],
  }),
  createFault({
    name: 'Memory full, `allkeys-lru`',
    promise: 'an evicted session is a sign-out, an evicted key is not there; never an error page',
    mayLose: 'values and logins',
    async happening({ redis }) {
      await redis.ask('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
      await redis.ask('CONFIG', 'SET', 'maxmemory', '3mb');
      for (let i = 0; i < FILLERS; i++) await redis.ask('SET', `filler-${i}`, FILLER);
    },
    judge: ({ observation, before, after }) => [
      ['nothing was evicted', after.evicted > before.evicted],
      ['somebody saw an error page', hasOnly(observation, (kind) => kind.startsWith('HTTP 4'))],
    ],
    describe: ({ observation, before, after }) => [
      describeLoad(observation),
      `keys evicted: ${after.evicted - before.evicted}`,
    ],
  }),
];

interface Killing {
  promise: string;
  mayLose?: 'values';
  settings: Record<string, string>;
}

function killPrimary(name: string, topology: RedisTopology, killing: Killing): JudgedFault {
  const { settings, ...rest } = killing;
  return createFault({
    name,
    ...rest,
    setting: { topology, settings: () => settings },
    load: afterFailOver,
    happening: ({ service }) => service.failOver(),
    judge: ({ outage }) => [
      ['no primary was away', outage !== null],
      ['an error was late', !outage || outage.slowest <= PROMPT],
    ],
    describe: describeWithWrites,
  });
}

function afterFailOver(plan: Plan) {
  return { after: scaled(AFTER_FAIL_OVER, plan, 2) };
}

function judgeOutage({ outage }: Evidence): Checks {
  return [
    ['Redis was not away', outage !== null],
    ['an error was late', !outage || outage.slowest <= PROMPT],
    ['recovery was late', !outage || outage.recovery <= PROMPT],
  ];
}

function judgeErrors({ observation }: Evidence): Checks {
  return [['an error was not clear', hasOnly(observation, (kind) => kind === 'HTTP 503')]];
}

function describeWithOutage({ observation, outage }: Evidence): string[] {
  return [describeLoad(observation), describeOutage(outage)];
}

function describeWithLatency(evidence: Evidence): string[] {
  const { p50, p99 } = evidence.observation.summary.latency;
  return [...describeWithOutage(evidence), `p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`];
}

function describeWithWrites({ observation, outage }: Evidence): string[] {
  if (!outage) return [describeLoad(observation), describeOutage(null)];
  const { untilWrite, duration, slowest } = outage;
  return [
    describeLoad(observation),
    `the next good write after ${untilWrite.toFixed(1)} s, ` +
      `errors for ${duration.toFixed(1)} s, each within ${slowest.toFixed(2)} s`,
  ];
}
