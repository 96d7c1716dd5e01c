import { chooseScenarios, scenarios } from '../../src/bench/scenarios.ts';

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

  it('have goals that compare with contestants of theirs', () => {
    for (const { contestants, goals } of scenarios) {
      const competitors = contestants.map(({ name }) => name);
      expect(competitors).toEqual(
        expect.arrayContaining(goals.rates.map(({ contestant }) => contestant)),
      );
    }
  });
});
