/** Which names and passwords are refused, and for which of several reasons. */
import { findBrokenRule, findExcess } from '../../src/accounts/rules.ts';

const NAME_TOO_LONG = 'a user name has at most 64 characters';
const PASSWORD_TOO_LONG = 'a password has at most 256 characters';

describe('what is too long to be normalized', () => {
  it.each([
    ['a name of 256 units, which may be 64 characters', 256, 8, null],
    ['a name of 257 units', 257, 8, NAME_TOO_LONG],
    ['a password of 1024 units, which may be 256 characters', 1, 1024, null],
    ['a password of 1025 units', 1, 1025, PASSWORD_TOO_LONG],
    ['both: the name is said', 257, 1025, NAME_TOO_LONG],
  ])('%s', (_what, nameUnits, passwordUnits, excess) => {
    expect(findExcess('n'.repeat(nameUnits), 'p'.repeat(passwordUnits))).toBe(excess);
  });
});

describe('the rule that is said', () => {
  it('is that of the name before that of the password', () => {
    expect(findBrokenRule('al ice', 'short')).toMatch(/^a user name has letters/);
    expect(findBrokenRule('alice', 'short')).toMatch(/^a password has at least/);
  });

  it('is about characters before it is about length', () => {
    expect(findBrokenRule('<'.repeat(65), 'correct horse')).toMatch(/, and not “<”$/);
    expect(findBrokenRule('a'.repeat(65), 'correct horse')).toBe(NAME_TOO_LONG);
  });
});

describe('a name', () => {
  it.each(['＠', '＋', '．'])(
    'has no %s, which is a character of its own before NFKC',
    (character) => {
      expect(findBrokenRule(`al${character}ice`, 'correct horse')).toBe(
        `a user name has letters, digits and . _ - @ + only, and not “${character}”`,
      );
    },
  );
});

describe('a password', () => {
  it.each([
    ['control characters', '\x07'],
    ['marks of annotations', '\ufff9'],
    ['Hangul fillers', '\u3164'],
    ['Braille patterns without dots', '\u2800'],
  ])('does not consist of %s, which nobody sees', (_what, character) => {
    expect(findBrokenRule('alice', character.repeat(8))).toBe(
      'a password has at least 8 characters',
    );
  });
});

describe('a password that is the user name', () => {
  it.each([
    ['in capitals', 'long-enough', 'LONG-ENOUGH'],
    ['in small letters', 'LONG-ENOUGH', 'long-enough'],
    ['in fullwidth letters', 'long-enough', 'ｌong-enough'],
  ])('is refused also %s', (_how, name, password) => {
    expect(findBrokenRule(name, password)).toBe('a password is not the user name');
  });
});
