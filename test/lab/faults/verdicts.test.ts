/** The judges of the faults: each is given evidence that is known to be bad, and says what is. */
import type { Observation } from '../../../src/lab/faults/observation.ts';
import * as verdicts from '../../../src/lab/faults/verdicts.ts';
import { observe, outcome } from './fixtures.ts';

const [MB, BEFORE] = [1, { resident: 80, sockets: 6, keys: 30 }];

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
const ended = ['signal SIGKILL'];

type Judge = (observation: Observation) => string[];

/** What each of them is told beside what was seen, when nothing is bad about that. */
const judges: Record<string, Judge> = {
  afterRedisWasKilled: verdicts.afterRedisWasKilled,
  afterRedisHung: (observation) =>
    verdicts.afterRedisHung({ observation, before: BEFORE, during: BEFORE }),
  afterFailOverWithWaiting: verdicts.afterFailOverWithWaiting,
  afterResharding: (observation) => verdicts.afterResharding(observation, 1),
  afterResets: verdicts.afterResets,
  afterSlowness: (observation) => verdicts.afterSlowness(observation, 0),
  afterRefusal: verdicts.afterRefusal,
  afterInstanceWasKilled: (observation) => verdicts.afterInstanceWasKilled(observation, ended),
  afterInstanceHung: (observation) => verdicts.afterInstanceHung(observation, 100),
  afterRestart: (observation) => verdicts.afterRestart(observation, 0),
  afterWrongClock: (observation) => verdicts.afterWrongClock(observation, 0),
  afterHostileRequests: (attacked) => verdicts.afterHostileRequests(hostilities({ attacked })),
  afterGuesses: (attacked) => verdicts.afterGuesses(guessed({ attacked })),
};

function hostilities(change: Partial<verdicts.Hostilities> = {}): verdicts.Hostilities {
  return {
    calm: seen(),
    attacked: seen(),
    sent: 100,
    statuses: { '400': 90, none: 10 },
    ends: [],
    before: BEFORE,
    after: BEFORE,
    ...change,
  };
}

function guessed(change: Partial<verdicts.Guessed> = {}): verdicts.Guessed {
  const guesses = { statuses: { '401': 1000 }, errors: 0 };
  return {
    calm: seen(),
    attacked: seen(),
    tried: 1000,
    guesses,
    before: BEFORE,
    after: BEFORE,
    ...change,
  };
}

function grown(megabytes: number) {
  return { ...BEFORE, resident: BEFORE.resident + megabytes * MB };
}

/** The p99 of others is twice and a bit that of before. */
const slower = seen({ latency: { p50: 1, p95: 1, p99: 21, max: 21 } });

describe.each(Object.entries(judges))('%s', (_, judge) => {
  it.each(lost)('says that %s', (broken, observation) => {
    expect(judge(observation)).toContain(broken);
  });
});

describe('what was seen when everything held', () => {
  const refused = seen({ errors: { 'HTTP 507': 3 } }, [
    outcome(0, 'HTTP 507', { request: 'PUT /:key' }),
  ]);

  it.each<[string, string[]]>([
    ['afterRedisWasKilled', verdicts.afterRedisWasKilled(away())],
    ['afterRedisHung', judges.afterRedisHung!(away())],
    ['afterFailOver', verdicts.afterFailOver(away())],
    ['afterFailOverWithWaiting', verdicts.afterFailOverWithWaiting(away())],
    ['afterResharding', judges.afterResharding!(seen())],
    ['afterResets', verdicts.afterResets(away())],
    ['afterSlowness', verdicts.afterSlowness(seen(), 10)],
    ['afterRefusal', verdicts.afterRefusal(refused)],
    ['afterEviction', verdicts.afterEviction(seen({ loginsLost: 1 }), 1)],
    ['afterPolicies', verdicts.afterPolicies([trial({})], 1)],
    ['afterInstanceWasKilled', judges.afterInstanceWasKilled!(failing)],
    ['afterInstanceHung', judges.afterInstanceHung!(seen())],
    ['afterRestart', judges.afterRestart!(seen())],
    ['afterWrongClock', judges.afterWrongClock!(seen())],
    ['afterHostileRequests', judges.afterHostileRequests!(seen())],
    ['afterGuesses', judges.afterGuesses!(seen())],
  ])('is all right to %s', (_, broken) => {
    expect(broken).toEqual([]);
  });
});

function trial(change: Partial<verdicts.Trial>): verdicts.Trial {
  const answers = { '201': 9, '507': 1, '413': 1, '303': 1 };
  return { policy: 'allkeys-lru', observation: seen(), answers, found: [], ...change };
}

const badRead = outcome(0, 'HTTP 507');
const [unguessed, answeredOtherwise] = [{ '401': 999 }, { '401': 999, '200': 1 }];
const { afterHostileRequests, afterGuesses, afterRedisHung } = verdicts;

it.each<[string, string[]]>([
  ['Redis was not away', verdicts.afterRedisWasKilled(seen())],
  ['an error was late', verdicts.afterRedisWasKilled(away(1001))],
  ['recovery was late', verdicts.afterRedisWasKilled(away(100, 6001))],
  ['an error was late', judges.afterRedisHung!(away(1001))],
  ['memory grew', afterRedisHung({ observation: away(), before: BEFORE, during: grown(64) })],
  [
    'sockets grew',
    afterRedisHung({ observation: away(), before: BEFORE, during: { ...BEFORE, sockets: 66 } }),
  ],
  ['no primary was away', verdicts.afterFailOver(seen())],
  ['no primary was away', verdicts.afterFailOverWithWaiting(seen())],
  ['an error was late', verdicts.afterFailOver(away(1001))],
  ['no slots were moved', verdicts.afterResharding(seen(), 0)],
  ['a request failed', verdicts.afterResharding(failing, 1)],
  ['an error was not clear', verdicts.afterResets(seen({ errors: { 'HTTP 500': 1 } }))],
  ['an error was not clear', verdicts.afterSlowness(seen({ errors: { timeout: 1 } }), 0)],
  ['nothing was slow', verdicts.afterSlowness(seen(), 300)],
  ['a request failed otherwise', verdicts.afterRefusal(failing)],
  ['no write was answered 507', verdicts.afterRefusal(seen())],
  ['a read failed', verdicts.afterRefusal(seen({ errors: { 'HTTP 507': 1 } }, [badRead]))],
  ['nothing was evicted', verdicts.afterEviction(seen(), 0)],
  [
    'somebody saw an error page',
    verdicts.afterEviction(seen({ errors: { 'HTTP 401': 1, 'HTTP 500': 1 } }), 1),
  ],
  ['somebody saw an error page', verdicts.afterEviction(seen({ errors: { timeout: 1 } }), 1)],
  ['nothing was evicted', verdicts.afterPolicies([trial({})], 0)],
  ['allkeys-lru: a session', verdicts.afterPolicies([trial({ found: ['a session'] })], 1)],
  ['allkeys-lru: 500', verdicts.afterPolicies([trial({ answers: { '500': 1 } })], 1)],
  ['allkeys-lru: none', verdicts.afterPolicies([trial({ answers: { none: 1 } })], 1)],
  ['allkeys-lru: HTTP 502', verdicts.afterPolicies([trial({ observation: failing })], 1)],
  [
    'noeviction: a login was lost',
    verdicts.afterPolicies(
      [trial({}), trial({ policy: 'noeviction', observation: seen({ loginsLost: 1 }) })],
      1,
    ),
  ],
  ['no instance was killed', verdicts.afterInstanceWasKilled(seen(), ['exit code 0'])],
  ['no instance was hanging', verdicts.afterInstanceHung(seen(), 1500)],
  ['a request failed', verdicts.afterRestart(failing, 0)],
  ['an instance was not restarted', verdicts.afterRestart(seen(), 1)],
  ['the clock matters', verdicts.afterWrongClock(seen(), 3600)],
  ['the clock matters', verdicts.afterWrongClock(seen(), Infinity)],
  ['requests were left out', afterHostileRequests(hostilities({ statuses: { '400': 99 } }))],
  ['an instance ended', afterHostileRequests(hostilities({ ends: ended }))],
  ['an answer was 500', afterHostileRequests(hostilities({ statuses: { '500': 100 } }))],
  ['memory grew', afterHostileRequests(hostilities({ after: grown(96) }))],
  ['requests of others were late', afterHostileRequests(hostilities({ attacked: slower }))],
  [
    'a guess was not answered 401',
    afterGuesses(guessed({ guesses: { statuses: unguessed, errors: 1 } })),
  ],
  [
    'a guess was not answered 401',
    afterGuesses(guessed({ guesses: { statuses: answeredOtherwise, errors: 0 } })),
  ],
  ['memory grew', afterGuesses(guessed({ after: grown(32) }))],
  ['Redis grew', afterGuesses(guessed({ after: { ...BEFORE, keys: 31 } }))],
  ['requests of others were late', afterGuesses(guessed({ attacked: slower }))],
])('%s: %j', (broken, found) => {
  expect(found).toContain(broken);
});

it('lets a failover lose what was acknowledged just now, where nobody waits for replicas', () => {
  expect(verdicts.afterFailOver({ ...away(), summary: seen({ valuesWrong: 1 }).summary })).toEqual(
    [],
  );
  expect(verdicts.afterFailOver(seen({ loginsLost: 1 }))).toContain('a login was lost');
});
