/** The verdict about an attack: each broken promise is found. */
import { describeEffects, type Effects, findBroken } from '../../../src/lab/faults/effects.ts';
import { observe, outcome } from './fixtures.ts';

const waiting = (change: Partial<Effects['before']>) => ({
  requests: 8,
  liveness: 3,
  signIn: 300,
  failures: [],
  ...change,
});

/** What happens to others while nothing does. */
function effects(change: Partial<Effects> = {}, summary: object = {}): Effects {
  return {
    observation: observe([outcome(0)], 0, summary),
    before: waiting({}),
    during: waiting({}),
    ends: [],
    answers: { '413': 1000 },
    ...change,
  };
}

it('has nothing to say when all promises were kept', () => {
  expect(findBroken(effects())).toEqual([]);
  expect(describeEffects(effects())).toMatch(/^900 requests, logins lost: 0/);
});

it('finds nothing late that is within what was promised', () => {
  const during = waiting({ requests: 100, liveness: 100, signIn: 2000 });

  expect(findBroken(effects({ during }))).toEqual([]);
});

it('lets a machine that is slow before the attack be twice as slow during it', () => {
  const before = waiting({ requests: 90, liveness: 60, signIn: 1500 });
  const during = waiting({ requests: 180, liveness: 120, signIn: 3000 });

  expect(findBroken(effects({ before, during }))).toEqual([]);
});

it.each<[string, Partial<Effects>, object]>([
  ['a login was lost', {}, { loginsLost: 1 }],
  ['a value was wrong', {}, { valuesWrong: 1 }],
  ['a request of others failed', {}, { errors: { 'HTTP 503': 1 } }],
  ['an instance ended', { ends: ['signal SIGKILL'] }, {}],
  ['a sign-in of another user failed', { during: waiting({ failures: ['HTTP 429'] }) }, {}],
  ['requests of others were late', { during: waiting({ requests: 101 }) }, {}],
  ['liveness was late', { during: waiting({ liveness: 101 }) }, {}],
  ['liveness was late', { during: waiting({ liveness: Infinity }) }, {}],
  ['a sign-in of another user was late', { during: waiting({ signIn: 2001 }) }, {}],
])('finds that %s: %j %j', (broken, change, summary) => {
  expect(findBroken(effects(change, summary))).toEqual([broken]);
});
