/** The verdict about an attack: each broken promise is found. */
import { describeEffects, type Effects, findBroken } from '../../src/faults/effects.ts';

/** What happens to others while nothing does. */
function effects(change: Partial<Effects> = {}, summary: object = {}): Effects {
  return {
    observation: {
      outcomes: [],
      mendedAt: 0,
      summary: { requests: 900, loginsLost: 0, valuesWrong: 0, errors: {}, ...summary },
    } as unknown as Effects['observation'],
    calm: 8,
    attacked: 12,
    health: Array.from({ length: 200 }, () => 3),
    signIns: { times: [250, 400], failures: [] },
    ends: [],
    answers: { '413': 1000 },
    ...change,
  };
}

const late = (count: number) => Array.from({ length: 200 }, (_, i) => (i < count ? 101 : 3));

it('has nothing to say when all promises were kept', () => {
  expect(findBroken(effects())).toEqual([]);
  expect(describeEffects(effects())).toMatch(/^900 requests, logins lost: 0/);
});

it('overlooks two late answers of liveness among 200, and what nobody notices', () => {
  expect(findBroken(effects({ health: late(2), attacked: 99 }))).toEqual([]);
  expect(findBroken(effects({ calm: 90, attacked: 179 }))).toEqual([]);
});

it.each<[string, Partial<Effects>, object]>([
  ['something was lost', {}, { loginsLost: 1 }],
  ['something was lost', {}, { valuesWrong: 1 }],
  ['requests of others failed', {}, { errors: { 'HTTP 503': 1 } }],
  ['others waited longer', { calm: 8, attacked: 101 }, {}],
  ['others waited longer', { calm: 90, attacked: 181 }, {}],
  ['an instance ended', { ends: ['signal SIGKILL'] }, {}],
  ['liveness was late', { health: late(3) }, {}],
  ['liveness was late', { health: [...late(0), Infinity, Infinity, Infinity] }, {}],
  ['a sign-in of another user failed', { signIns: { times: [250], failures: ['HTTP 429'] } }, {}],
  ['a sign-in of another user was late', { signIns: { times: [250, 2001], failures: [] } }, {}],
])('finds that %s: %j %j', (broken, change, summary) => {
  expect(findBroken(effects(change, summary))).toEqual([broken]);
  expect(describeEffects(effects(change, summary))).toMatch(
    new RegExp(`^${broken.toUpperCase()};`),
  );
});
