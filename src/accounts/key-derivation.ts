/** argon2id and scrypt, with the parameters of OWASP ASVS 5.0, appendix C. */
import * as crypto from 'node:crypto';
import { promisify } from 'node:util';

const KEY_LENGTH = 32; // bytes

export interface KeyDerivation {
  /** The parameters, as a PHC string has them before the salt. */
  parameters: string;
  derive(password: string, salt: Buffer): Promise<Buffer>;
}

/** Node.js has it from 24.7 on; the types are those of the oldest version that this app runs on. */
type Argon2 = (
  algorithm: 'argon2id',
  parameters: {
    message: string;
    nonce: Buffer;
    parallelism: number;
    tagLength: number;
    memory: number;
    passes: number;
  },
) => Promise<Buffer>;

const argon2 =
  'argon2' in crypto ? (promisify(crypto.argon2 as () => void) as unknown as Argon2) : null;
const scrypt = promisify<string, Buffer, number, crypto.ScryptOptions, Buffer>(crypto.scrypt);

/** Memory in KiB. */
function argon2id(memory: number, passes: number, parallelism: number): KeyDerivation {
  return {
    parameters: `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}`,
    derive(message, nonce) {
      const size = { parallelism, tagLength: KEY_LENGTH, memory, passes };
      return argon2!('argon2id', { message, nonce, ...size });
    },
  };
}

/** Takes 128 * r * 2^ln bytes of memory. */
function scryptWith(ln: number, r: number, p: number): KeyDerivation {
  return {
    parameters: `$scrypt$ln=${ln},r=${r},p=${p}`,
    derive(password, salt) {
      const N = 2 ** ln;
      return scrypt(password, salt, KEY_LENGTH, { N, r, p, maxmem: 256 * N * r });
    },
  };
}

/**
 * The best that this runtime has: 46 MiB for a hash, or 32. Of less than 32, glibc would keep what
 * was freed, for each thread: argon2id with 19 MiB took 30 MB more.
 */
export const preferred = argon2 ? argon2id(47_104, 1, 1) : scryptWith(15, 8, 3);

const ARGON2ID = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)$/;
const SCRYPT = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)$/;

/** What a hash was made with; null for what this version of Node.js, or of the app, does not have. */
export function findKeyDerivation(parameters: string): KeyDerivation | null {
  const [, memory, passes, parallelism] = ARGON2ID.exec(parameters) ?? [];
  if (memory) return argon2 && argon2id(Number(memory), Number(passes), Number(parallelism));
  const [, ln, r, p] = SCRYPT.exec(parameters) ?? [];
  if (ln) return scryptWith(Number(ln), Number(r), Number(p));
  return null;
}
