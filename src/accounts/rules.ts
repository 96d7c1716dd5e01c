/** The rules for names and passwords. Each `find` function returns the rule that is broken, or null. */
import { canonicalName } from './accounts.ts';
import { isCommonPassword } from './common-passwords.ts';
import { normalizePassword } from './passwords.ts';

const LONGEST_NAME = 64; // characters
const NAME = /^[\p{L}\p{M}\p{N}._@+-]+$/u;

/** OWASP ASVS 5.0, 6.2.1 and 6.2.9: at least 8, 64 or more allowed, of any kind. */
const SHORTEST_PASSWORD = 8; // characters
const LONGEST_PASSWORD = 256; // characters

/** Normalization joins up to four UTF-16 units into one character. */
const UNITS_PER_CHARACTER = 4;

/** U+2800 is the Braille pattern without dots, which is a symbol to Unicode. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\u2800]/gu;
/** Combining marks show on other characters only. */
const VISIBLE_ALONE = /[^\s\p{M}]/u;

/** For people who choose a name or a password. */
export const NAME_RULE = `Letters, digits and . _ - @ +, at most ${LONGEST_NAME} characters.`;
export const PASSWORD_RULE = `At least ${SHORTEST_PASSWORD} characters of any kind, such as four random words; not the user name, and no common password.`;

const NAME_TOO_LONG = `a user name has at most ${LONGEST_NAME} characters`;
const PASSWORD_TOO_LONG = `a password has at most ${LONGEST_PASSWORD} characters`;

/**
 * Checks the lengths of any credentials. Call it first: normalizing a text takes time that grows
 * with the square of its length.
 */
export function findExcess(name: string, password: string): string | null {
  if (name.length > LONGEST_NAME * UNITS_PER_CHARACTER) return NAME_TOO_LONG;
  return password.length > LONGEST_PASSWORD * UNITS_PER_CHARACTER ? PASSWORD_TOO_LONG : null;
}

/** Checks the credentials of a new account, after findExcess. */
export function findBrokenRule(name: string, password: string): string | null {
  return findBrokenNameRule(name) ?? findBrokenPasswordRule(name, password);
}

/**
 * Checks a new password, after findExcess. Counts code points after NFKC (ASVS 5.0, 6.2.1 and 6.2.4),
 * and compares with names and common passwords without the invisible characters.
 */
export function findBrokenPasswordRule(name: string, password: string): string | null {
  const normalized = normalizePassword(password);
  const visible = normalized.replace(INVISIBLE, '');
  if (countCharacters(visible) < SHORTEST_PASSWORD)
    return `a password has at least ${SHORTEST_PASSWORD} characters`;
  if (!VISIBLE_ALONE.test(visible))
    return 'a password is more than white space and accents: add a letter, a digit or a symbol';
  if (countCharacters(normalized) > LONGEST_PASSWORD) return PASSWORD_TOO_LONG;
  if (canonicalName(visible) === canonicalName(name)) return 'a password is not the user name';
  if (isCommonPassword(visible))
    return 'this password is one of the commonest, which attackers try first: choose another one, for example four random words';
  return null;
}

function findBrokenNameRule(name: string): string | null {
  const wrong = Array.from(name).find((character) => !isAllowedInName(character));
  if (wrong) return `a user name has letters, digits and . _ - @ + only, and not ${quote(wrong)}`;
  const [invisible] = name.match(INVISIBLE) ?? [];
  if (invisible) return `a user name has no invisible characters, and not ${quote(invisible)}`;
  return countCharacters(name.normalize('NFKC')) > LONGEST_NAME ? NAME_TOO_LONG : null;
}

/** Normalization makes several characters of some, which have to be allowed as well. */
function isAllowedInName(character: string): boolean {
  return NAME.test(character) && NAME.test(character.normalize('NFKC'));
}

/** Shows a character, or its code when it is invisible by itself. */
function quote(character: string): string {
  if (character === ' ') return 'a space';
  if (/^[^\s\p{C}\p{Default_Ignorable_Code_Point}]$/u.test(character)) return `“${character}”`;
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}

function countCharacters(text: string): number {
  return Array.from(text).length;
}
