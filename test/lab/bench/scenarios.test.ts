import { readStartCommand } from '../../../src/lab/foundry/procfile.ts';
import { app } from '../../../src/lab/peers/contestants.ts';
import {
  addToKeyScenarios,
  chooseScenarios,
  countLoads,
  estimateMinutes,
  listScenarios,
  scenarios,
} from '../../../src/lab/bench/scenarios.ts';

const names = (texts: string[]) => chooseScenarios(texts).map(({ name }) => name);

describe('the scenarios', () => {
  it('are all chosen when none is', () => {
    expect(chooseScenarios([])).toEqual(scenarios);
  });

  it.each<[string, string[]]>([
    ['name', ['signed-in read', 'session write']],
    ['number', ['4', '5']],
    ['a list', ['4, session write']],
    ['any order, and twice', ['5', '4,5']],
  ])('are chosen by %s', (_way, texts) => {
    expect(names(texts)).toEqual(['signed-in read', 'session write']);
  });

  it.each(['0', '6', 'signed-in', '', '4,'])(
    'are refused when there is no such one: "%s"',
    (text) => {
      expect(() => chooseScenarios([text])).toThrow('There is no scenario "');
    },
  );

  it('are listed with their numbers', () => {
    expect(listScenarios().split('\n')).toEqual(
      scenarios.map(({ name }, i) => `  ${i + 1}  ${name}`),
    );
  });

  it('of keys have room for a contestant without sessions, and the others do not', () => {
    const [read, signedIn] = chooseScenarios(['1', '4']);
    const guest = { ...read!.contestants[0], name: 'guest' };
    const [wider, same] = addToKeyScenarios([read!, signedIn!], guest);

    expect(wider!.contestants).toEqual([...read!.contestants, guest]);
    expect(same).toEqual(signedIn);
  });

  it('start the app as the platform does', async () => {
    expect(app.command.join(' ')).toBe(await readStartCommand('.'));
  });

  it('have goals that compare with contestants of theirs', () => {
    for (const { contestants, goals } of scenarios) {
      const competitors = contestants.map(({ name }) => name);
      expect(competitors).toEqual(
        expect.arrayContaining(goals.rates.map(({ contestant }) => contestant)),
      );
    }
  });
});

describe('the length of a run', () => {
  const plan = { connections: 64, rounds: 2, seconds: 10, warmUp: 10 };

  it('is counted in loads: a warm-up and the rounds of each contestant', () => {
    expect(countLoads(chooseScenarios(['1', '2']), plan)).toBe((5 + 2) * (1 + 2));
  });

  it('grows with scenarios, rounds and contestants', () => {
    const one = estimateMinutes(chooseScenarios(['1']), plan);
    expect(one).toBe(4); // 5 contestants: 6 seconds, 30 of load, and 3 between, 195 in all
    // The same 5 contestants, each of which starts once: 30 seconds, and twice 165
    expect(estimateMinutes(chooseScenarios(['1', '3']), plan)).toBe(6);
    expect(estimateMinutes(chooseScenarios(['1']), { ...plan, rounds: 4 })).toBeGreaterThan(one);
  });
});
