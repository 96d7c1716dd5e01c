/** What a name and a password must be like. */
import { canonicalName } from './accounts.ts';

const LONGEST_NAME = 64; // characters
const NAME = /^[\p{L}\p{M}\p{N}._@+-]+$/u;

/** OWASP ASVS 5.0, 6.2.1 and 6.2.9: no fewer than 8, at least 64 allowed, no rules on which ones. */
const SHORTEST_PASSWORD = 8; // characters
const LONGEST_PASSWORD = 256; // characters

/** The rule that a name or a password breaks; null when both will do. */
export function findBrokenRule(name: string, password: string): string | null {
  if (!NAME.test(name)) return 'a user name has letters, digits and . _ - @ + only';
  if (name.length > LONGEST_NAME) return `a user name has at most ${LONGEST_NAME} characters`;
  if (password.length < SHORTEST_PASSWORD)
    return `a password has at least ${SHORTEST_PASSWORD} characters`;
  if (password.length > LONGEST_PASSWORD)
    return `a password has at most ${LONGEST_PASSWORD} characters`;
  if (canonicalName(password) === canonicalName(name)) return 'a password is not the user name';
  return null;
}
