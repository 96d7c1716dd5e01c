/** Keys from passwords: scrypt, and argon2id for hashes that an earlier version has made. */
import * as crypto from 'node:crypto';
import { promisify } from 'node:util';

/** Bytes. */
export const KEY_LENGTH = 32;

/** Bytes that a hash may take. Parameters come from Redis, where another hand may have been. */
const MOST_MEMORY = 64 * 1024 * 1024;
/** How often a hash may pass through its memory. */
const MOST_PASSES = 8;

export type DeriveKey = (password: string, salt: Buffer) => Promise<Buffer>;

/** Node.js has it from 24.7 on; the types are those of the oldest version that this app runs on. */
type Argon2 = (
  algorithm: 'argon2id',
  parameters: {
    message: string;
    nonce: Buffer;
    parallelism: number;
    tagLength: number;
    memory: number; // KiB
    passes: number;
  },
) => Promise<Buffer>;

const argon2 =
  'argon2' in crypto ? (promisify(crypto.argon2 as () => void) as unknown as Argon2) : null;
const scrypt = promisify<string, Buffer, number, crypto.ScryptOptions, Buffer>(crypto.scrypt);

/**
 * The parameters of new hashes, as a PHC string has them: 32 MiB for a hash, from OWASP ASVS 5.0,
 * appendix C. Of less memory than 32 MiB, glibc would keep what was freed, for each thread.
 */
export const PREFERRED = '$scrypt$ln=15,r=8,p=3';

const SCRYPT = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})$/;
const ARGON2ID = /^\$argon2id\$v=19\$m=(\d{1,6}),t=(\d{1,2}),p=(\d{1,2})$/;

/**
 * Returns how a hash with these parameters is computed. Returns null for what this app does not
 * know, for what this release of Node.js does not have, and for what would take too much.
 */
export function findDerivation(parameters: string): DeriveKey | null {
  const [, ln, r, p] = numbersIn(SCRYPT, parameters);
  if (ln && r && p) return scryptWith(2 ** ln, r, p);
  const [, memory, passes, parallelism] = numbersIn(ARGON2ID, parameters);
  if (memory && passes && parallelism) return argon2idWith(memory, passes, parallelism);
  return null;
}

function scryptWith(N: number, r: number, p: number): DeriveKey | null {
  const memory = 128 * N * r;
  if (memory > MOST_MEMORY || p > MOST_PASSES) return null;
  // RFC 7914, section 2
  if (N >= 2 ** (16 * r)) return null;
  return (password, salt) => scrypt(password, salt, KEY_LENGTH, { N, r, p, maxmem: 2 * memory });
}

/** Memory in KiB. */
function argon2idWith(memory: number, passes: number, parallelism: number): DeriveKey | null {
  if (!argon2 || memory * 1024 > MOST_MEMORY || passes > MOST_PASSES) return null;
  // RFC 9106, section 3.1
  if (memory < 8 * parallelism) return null;
  const size = { memory, passes, parallelism, tagLength: KEY_LENGTH };
  return (message, nonce) => argon2('argon2id', { message, nonce, ...size });
}

function numbersIn(pattern: RegExp, text: string): number[] {
  return (pattern.exec(text) ?? []).map(Number);
}
