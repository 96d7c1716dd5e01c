/** The judge of attacks: each broken promise is found. */
import { strangers } from '../../../src/lab/faults/catalogue/strangers.ts';
import { type Attacked, describeAttack } from '../../../src/lab/faults/attacks/judgement.ts';
import type { Evidence } from '../../../src/lab/faults/fault.ts';
import { gather, observe, outcome } from './fixtures.ts';

const BEGAN_AT = 1000;
const CALM = { requests: 8, liveness: 3, signIn: 300, failures: [] as string[] };

interface Change {
  before?: Partial<typeof CALM>;
  during?: Partial<typeof CALM>;
  ends?: string[];
}

/** What happens to others while nothing does, but for the changes. */
function effects({ before, during, ends = [] }: Change = {}, summary = {}): Evidence<Attacked> {
  const [calm, attacked] = [
    { ...CALM, ...before },
    { ...CALM, ...during },
  ];
  const outcomes = [
    outcome(0, null, { latency: calm.requests }),
    outcome(BEGAN_AT, null, { latency: attacked.requests }),
  ];
  const found = {
    calm: toProbes(calm),
    attacked: toProbes(attacked),
    beganAt: BEGAN_AT,
    answers: { '413': 1000 },
  };
  return gather(observe(outcomes, 0, summary), found, { ends });
}

function toProbes({ liveness, signIn, failures }: typeof CALM) {
  return { health: [liveness], signIns: { times: [signIn], failures } };
}

function findBroken(evidence: Evidence<Attacked>): string[] {
  return strangers.at(-1)!.judge(evidence);
}

it('has nothing to report when all promises were kept', () => {
  expect(findBroken(effects())).toEqual([]);
  expect(describeAttack(effects()).join('; ')).toMatch(/^900 requests, logins lost: 0/);
});

it('finds nothing late that is within what was promised', () => {
  const during = { requests: 100, liveness: 100, signIn: 2000 };

  expect(findBroken(effects({ during }))).toEqual([]);
});

it('takes the p99 of many answers, and the slowest of all sign-ins', () => {
  const evidence = effects();
  // In an order in which they may come: the last two of two hundred are slow
  const many = (slow: number) => [slow, ...Array.from({ length: 198 }, () => 10), slow];
  evidence.found.attacked.health = many(99_999);
  evidence.found.attacked.signIns.times = [100, 2001, 100];
  evidence.observation.outcomes = [
    outcome(0, null, { latency: 10 }),
    ...many(99_999).map((latency) => outcome(BEGAN_AT, null, { latency })),
  ];

  expect(findBroken(evidence)).toEqual(['a sign-in of another user was late']);
  evidence.found.attacked.health.push(99_999);
  evidence.observation.outcomes.push(outcome(BEGAN_AT, null, { latency: 99_999 }));
  expect(findBroken(evidence)).toEqual([
    'requests of others were late',
    'liveness was late',
    'a sign-in of another user was late',
  ]);
});

it('says how long others waited, before the attack and during it', () => {
  const during = {
    requests: 12.4,
    liveness: Infinity,
    signIn: 900,
    failures: ['HTTP 429', 'none'],
  };
  const evidence = effects({
    before: { requests: 50 },
    during,
    ends: ['signal SIGKILL', 'exit code 1'],
  });

  expect(describeAttack(evidence).slice(1)).toEqual([
    'p99 of others 12 ms (50 ms before)',
    'p99 of liveness never (3 ms before)',
    'slowest sign-in 900 ms (300 ms before)',
    'sign-ins that failed: HTTP 429, none',
    'instances that ended: signal SIGKILL, exit code 1',
    expect.stringMatching(/^answers to the attack: .*413/),
  ]);
  expect(describeAttack(effects()).slice(4, 6)).toEqual([
    'sign-ins that failed: none',
    'instances that ended: none',
  ]);
});

it('lets a machine that is slow before the attack be twice as slow during it', () => {
  const before = { requests: 90, liveness: 60, signIn: 1500 };
  const during = { requests: 180, liveness: 120, signIn: 3000 };

  expect(findBroken(effects({ before, during }))).toEqual([]);
});

it.each<[string, Change, object]>([
  ['a login was lost', {}, { loginsLost: 1 }],
  ['a value was wrong', {}, { valuesWrong: 1 }],
  ['a request of others failed', {}, { errors: { 'HTTP 503': 1 } }],
  ['an instance ended', { ends: ['signal SIGKILL'] }, {}],
  ['a sign-in of another user failed', { during: { failures: ['HTTP 429'] } }, {}],
  ['requests of others were late', { during: { requests: 101 } }, {}],
  ['liveness was late', { during: { liveness: 101 } }, {}],
  ['liveness was late', { during: { liveness: Infinity } }, {}],
  ['requests of others were late', { before: { requests: 90 }, during: { requests: 181 } }, {}],
  ['a sign-in of another user was late', { during: { signIn: 2001 } }, {}],
])('finds that %s: %j %j', (broken, change, summary) => {
  expect(findBroken(effects(change, summary))).toEqual([broken]);
});
