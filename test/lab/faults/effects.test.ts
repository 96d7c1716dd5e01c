/** The judge of attacks: each broken promise is found. */
import { strangers } from '../../../src/lab/faults/catalogue/strangers.ts';
import { type Attacked, describeAttack } from '../../../src/lab/faults/effects.ts';
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
  ['a sign-in of another user was late', { during: { signIn: 2001 } }, {}],
])('finds that %s: %j %j', (broken, change, summary) => {
  expect(findBroken(effects(change, summary))).toEqual([broken]);
});
