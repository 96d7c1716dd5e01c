/** The judges of the faults: each gets evidence that is known to be bad, and reports what is. */
import { judgePolicies, type Trial } from '../../../src/lab/faults/catalogue/eviction.ts';
import { instanceFaults } from '../../../src/lab/faults/catalogue/instances.ts';
import { redisFaults } from '../../../src/lab/faults/catalogue/redis.ts';
import { strangers } from '../../../src/lab/faults/catalogue/strangers.ts';
import type { Evidence } from '../../../src/lab/faults/fault.ts';
import type { Observation } from '../../../src/lab/faults/observation.ts';
import { gather, HOLDINGS, observe, outcome } from './fixtures.ts';

const KILLED = 'Redis killed and started again, AOF `always`';
const HANGING = 'Redis stops answering for 10 s (SIGSTOP)';
const SENTINEL = 'Primary killed under Sentinel';
const SENTINEL_WAITING = 'Primary killed under Sentinel, `REDIS_WAIT_REPLICAS=1`';
const PLANNED = 'Planned failover (`SENTINEL FAILOVER`)';
const CLUSTER = 'Primary killed under Cluster';
const CLUSTER_WAITING = 'Primary killed under Cluster, `REDIS_WAIT_REPLICAS=1`';
const RESHARDING = 'All slots of a Cluster’s primary move to another';
const RESETS = 'Connection to Redis reset every second';
const SLOW = 'Link to Redis with 300 ms latency, and 2 % of its packets lost';
const REFUSAL = 'Memory full, `noeviction`';
const EVICTION = 'Memory full, `allkeys-lru`';
const INSTANCE_KILLED = 'An app instance killed';
const INSTANCE_HANGING = 'An app instance stops for 5 s (SIGSTOP)';
const OUT_OF_FILES = 'An app instance out of file descriptors for 5 s';
const RESTART = 'Rolling restart of all instances';
const ROTATION = 'Credentials of Redis rotated';
const CLOCK = 'Clock of one instance an hour off';
const HOSTILE = '10,000 hostile requests to an instance';
const GUESSES = 'A million random session ids';

/** Some requests, the last of them answered after all was mended. */
function seen(change: Partial<Observation['summary']> = {}, outcomes = [outcome(0)]): Observation {
  return observe([...outcomes, outcome(9000)], 5000, change);
}

/** Redis is away from second 1 to second 5. */
function away(latency = 100, lastAt = 5000): Observation {
  const failures = [1000, 3000, lastAt - 100].map((at) => outcome(at, 'HTTP 503', { latency }));
  return seen({ errors: { 'HTTP 503': 3 } }, failures);
}

const lost: [string, Observation][] = [
  ['a login was lost', seen({ loginsLost: 1 })],
  ['a value was wrong', seen({ valuesWrong: 1 })],
  ['nothing worked afterwards', observe([outcome(0), outcome(9000, 'HTTP 503')], 5000)],
  ['nothing worked afterwards', observe([outcome(4999)], 5000)],
  ['nothing worked afterwards', observe([], 5000)],
];

const failing = seen({ errors: { 'HTTP 502': 1 } });
const refused = seen({ errors: { 'HTTP 507': 3 } }, [
  outcome(0, 'HTTP 507', { request: 'PUT /:key' }),
]);
const slowLink = seen({ latency: { p50: 300, p95: 310, p99: 320, max: 330 } });
const waited = seen({}, [outcome(0, null, { latency: 1501 })]);
const ended = ['signal SIGKILL'];
const hostile = { sent: 100, answers: { '400': 90, none: 10 } };
const guessed = { tried: 1000, answers: { '401': 1000 } };

/** For each fault, what was seen and found when everything held. */
const held: Record<string, Evidence> = {
  [KILLED]: gather(away(), null),
  [HANGING]: gather(away(), HOLDINGS),
  [SENTINEL]: gather(away(), null),
  [SENTINEL_WAITING]: gather(away(), null),
  [PLANNED]: gather(away(), null),
  [CLUSTER]: gather(away(), null),
  [CLUSTER_WAITING]: gather(away(), null),
  [RESHARDING]: gather(seen(), 1),
  [RESETS]: gather(away(), null),
  [SLOW]: gather(slowLink, null),
  [REFUSAL]: gather(refused, null),
  [EVICTION]: gather(seen({ loginsLost: 1 }), null, { after: { ...HOLDINGS, evicted: 1 } }),
  [INSTANCE_KILLED]: gather(failing, null, { ends: ended }),
  [INSTANCE_HANGING]: gather(waited, null),
  [OUT_OF_FILES]: gather(failing, null),
  [RESTART]: gather(seen(), null, { kept: 0 }),
  [ROTATION]: gather(seen(), false, { kept: 0 }),
  [CLOCK]: gather(seen(), 0),
  [HOSTILE]: gather(seen(), hostile),
  [GUESSES]: gather(seen(), guessed),
};

const LOSING = [SENTINEL, CLUSTER, EVICTION];

/** What is reported when all is as in `held`, but for the changes. */
function judge(name: string, change: Partial<Evidence> = {}): string[] {
  const fault = [...redisFaults, ...instanceFaults, ...strangers].find(
    (each) => each.name === name,
  );
  const { outage: _, ...evidence } = { ...held[name]!, ...change };
  return fault!.judge(gather(evidence.observation, evidence.found, evidence));
}

function judgeLoad(name: string, observation: Observation): string[] {
  return judge(name, { observation });
}

describe.each(Object.keys(held).filter((name) => !LOSING.includes(name)))('%s', (name) => {
  it.each(lost)('reports that %s', (broken, observation) => {
    expect(judgeLoad(name, observation)).toContain(broken);
  });
});

it.each(Object.keys(held))('finds all right what is: %s', (name) => {
  expect(judge(name)).toEqual([]);
});

function grown(megabytes: number) {
  return { ...HOLDINGS, resident: HOLDINGS.resident + megabytes };
}

/** The p99 of others is twice and a bit that of before. */
const slower = seen({ latency: { p50: 1, p95: 1, p99: 21, max: 21 } });
const badRead = seen({ errors: { 'HTTP 507': 1 } }, [outcome(0, 'HTTP 507')]);
const errorPage = seen({ errors: { 'HTTP 401': 1, 'HTTP 500': 1 } });

it.each<[string, string[]]>([
  ['Redis was not away', judgeLoad(KILLED, seen())],
  ['an error was late', judgeLoad(KILLED, away(1001))],
  ['recovery was late', judgeLoad(KILLED, away(100, 6001))],
  ['an error was late', judgeLoad(HANGING, away(1001))],
  ['memory grew', judge(HANGING, { found: grown(64) })],
  ['sockets grew', judge(HANGING, { found: { ...HOLDINGS, sockets: 66 } })],
  ['no primary was away', judgeLoad(SENTINEL, seen())],
  ['no primary was away', judgeLoad(SENTINEL_WAITING, seen())],
  ['an error was late', judgeLoad(SENTINEL, away(1001))],
  ['no slots were moved', judge(RESHARDING, { found: 0 })],
  ['a request failed', judgeLoad(RESHARDING, failing)],
  ['an error was not clear', judgeLoad(RESETS, seen({ errors: { 'HTTP 500': 1 } }))],
  ['an error was not clear', judgeLoad(SLOW, seen({ errors: { timeout: 1 } }))],
  ['nothing was slow', judgeLoad(SLOW, seen())],
  ['a request failed otherwise', judgeLoad(REFUSAL, failing)],
  ['no write was answered 507', judgeLoad(REFUSAL, seen())],
  ['a read failed', judgeLoad(REFUSAL, badRead)],
  ['nothing was evicted', judge(EVICTION, { after: HOLDINGS })],
  ['somebody saw an error page', judgeLoad(EVICTION, errorPage)],
  ['somebody saw an error page', judgeLoad(EVICTION, seen({ errors: { timeout: 1 } }))],
  ['nothing was evicted', judgePolicies([trial({})], 0)],
  ['allkeys-lru: a session', judgePolicies([trial({ found: ['a session'] })], 1)],
  ['allkeys-lru: 500', judgePolicies([trial({ answers: { '500': 1 } })], 1)],
  ['allkeys-lru: none', judgePolicies([trial({ answers: { none: 1 } })], 1)],
  ['allkeys-lru: HTTP 502', judgePolicies([trial({ observation: failing })], 1)],
  [
    'noeviction: a login was lost',
    judgePolicies(
      [trial({}), trial({ policy: 'noeviction', observation: seen({ loginsLost: 1 }) })],
      1,
    ),
  ],
  ['no instance was killed', judge(INSTANCE_KILLED, { ends: ['exit code 0'] })],
  ['no instance was hanging', judgeLoad(INSTANCE_HANGING, seen())],
  ['a request failed', judgeLoad(RESTART, failing)],
  ['an instance was not restarted', judge(RESTART, { kept: 1 })],
  ['a request failed', judgeLoad(ROTATION, failing)],
  ['an instance was not restarted', judge(ROTATION, { kept: 1 })],
  ['the old password is accepted', judge(ROTATION, { found: true })],
  ['the clock matters', judge(CLOCK, { found: 3600 })],
  ['the clock matters', judge(CLOCK, { found: Infinity })],
  ['requests were left out', judge(HOSTILE, { found: { sent: 100, answers: { '400': 99 } } })],
  ['an instance ended', judge(HOSTILE, { ends: ended })],
  ['an answer was 500', judge(HOSTILE, { found: { sent: 100, answers: { '500': 100 } } })],
  ['memory grew', judge(HOSTILE, { after: grown(96) })],
  ['requests of others were late', judgeLoad(HOSTILE, slower)],
  [
    'a guess was not answered 401',
    judge(GUESSES, { found: { tried: 1000, answers: { '401': 999, none: 1 } } }),
  ],
  [
    'a guess was not answered 401',
    judge(GUESSES, { found: { tried: 1000, answers: { '401': 999, '200': 1 } } }),
  ],
  ['memory grew', judge(GUESSES, { after: grown(32) })],
  ['Redis grew', judge(GUESSES, { after: { ...HOLDINGS, keys: 31 } })],
  ['requests of others were late', judgeLoad(GUESSES, slower)],
])('%s: %j', (broken, found) => {
  expect(found).toContain(broken);
});

it.each<[string, string[]]>([
  ['an error, and recovery, within a second each', judgeLoad(KILLED, away(1000, 5100))],
  ['an error within a second, under Sentinel', judgeLoad(SENTINEL, away(1000))],
  ['memory that grew by less than 64 MB while Redis hung', judge(HANGING, { found: grown(63) })],
  ['59 sockets more', judge(HANGING, { found: { ...HOLDINGS, sockets: 65 } })],
  ['times that are less than five seconds apart', judge(CLOCK, { found: 4.9 })],
  ['memory that grew by less than 96 MB', judge(HOSTILE, { after: grown(95) })],
  ['requests of others that took twice as long', judgeLoad(HOSTILE, twice())],
  ['memory that grew by less than 32 MB', judge(GUESSES, { after: grown(31) })],
  ['keys that became fewer', judge(GUESSES, { after: { ...HOLDINGS, keys: 29 } })],
  ['answers in plain words', judgePolicies([trial({ observation: plain() })], 1)],
])('finds all right: %s', (_, found) => {
  expect(found).toEqual([]);
});

it.each<[string, string[]]>([
  ['the clock matters', judge(CLOCK, { found: 5 })],
  ['nothing was slow', judgeLoad(SLOW, seen({ latency: { p50: 1, p95: 1, p99: 1, max: 299 } }))],
  [
    'no instance was hanging',
    judgeLoad(INSTANCE_HANGING, seen({}, [outcome(0, null, { latency: 750 })])),
  ],
])('%s at the very bound: %j', (broken, found) => {
  expect(found).toContain(broken);
});

function twice(): Observation {
  return seen({ latency: { p50: 1, p95: 1, p99: 20, max: 20 } });
}

function plain(): Observation {
  return seen({ errors: { 'HTTP 401': 1, 'HTTP 404': 1, 'HTTP 507': 1 } });
}

it('finds all right what policies have evicted without an error page', () => {
  expect(judgePolicies([trial({})], 1)).toEqual([]);
});

function trial(change: Partial<Trial>): Trial {
  const answers = { '201': 9, '507': 1, '413': 1, '303': 1 };
  return { policy: 'allkeys-lru', observation: seen(), answers, found: [], ...change };
}

it('lets a failover lose what was acknowledged just now, where nobody waits for replicas', () => {
  const observation = { ...away(), summary: seen({ valuesWrong: 1 }).summary };

  expect(judgeLoad(SENTINEL, observation)).toEqual([]);
  expect(judgeLoad(SENTINEL, seen({ loginsLost: 1 }))).toContain('a login was lost');
});
