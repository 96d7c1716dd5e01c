/** Hashes of passwords by scrypt, as PHC strings: `$scrypt$parameters$salt$key`. */
import * as crypto from 'node:crypto';
import { promisify } from 'node:util';
import { type ConcurrencyLimit, createConcurrencyLimit } from '../limits/concurrency-limit.ts';

/** Each hash takes 32 MiB, of 256 MB, and one of Node.js' four threads for such work. */
const HASHED_AT_A_TIME = 2;
/** Many may sign in at once, and each takes a quarter of a second. */
const PATIENCE = 20_000; // milliseconds

/**
 * The parameters of new hashes: 32 MiB for a hash, from OWASP ASVS 5.0, appendix C. With less than
 * 32 MiB, glibc would keep what was freed, for each thread.
 */
export const PREFERRED: Hashing = { N: 2 ** 15, r: 8, p: 3 };
const KEY_LENGTH = 32; // bytes
const SALT_LENGTH = 16; // bytes

/** Limits on what is read from Redis, to which other programs may have written. */
const MOST_MEMORY = 64 * 1024 * 1024; // bytes
const MOST_PASSES = 8;
const SHORTEST_SALT = 8; // bytes

const PHC = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([^$]+)\$([^$]+)$/;

const scrypt = promisify<string, Buffer, number, crypto.ScryptOptions, Buffer>(crypto.scrypt);

/** The parameters of a hash. The names are those of RFC 7914, section 2. */
export interface Hashing {
  N: number;
  r: number;
  p: number;
}

interface Hash {
  parameters: Hashing;
  salt: Buffer;
  key: Buffer;
}

/** Returns what sign-ins, sign-ups and changes of passwords wait for before they hash. */
export function createHashingLimit(): ConcurrencyLimit {
  return createConcurrencyLimit(HASHED_AT_A_TIME, PATIENCE, 'sign-ins');
}

export async function hashPassword(password: string, hashing = PREFERRED): Promise<string> {
  const salt = crypto.randomBytes(SALT_LENGTH);
  return format(hashing, salt, await derive(password, salt, hashing));
}

/**
 * Returns the same text for the same password on all instances, from which the password cannot be
 * found faster than from a hash.
 */
export async function derivePasswordId(password: string, hashing: Hashing): Promise<string> {
  const salt = Buffer.from('redis-example-app');
  return encode(await derive(password, salt, hashing)).slice(0, 22);
}

/** Returns false also for a hash that is not verifiable. */
export async function verifyPassword(password: string, phc: string): Promise<boolean> {
  const hash = parse(phc);
  if (!hash) return false;
  return crypto.timingSafeEqual(await derive(password, hash.salt, hash.parameters), hash.key);
}

/** Returns false for what is no hash by scrypt, and for one that would take too much memory or time. */
export function isVerifiable(phc: string): boolean {
  return parse(phc) !== null;
}

/** Returns whether a new hash would have other parameters. */
export function isOutdated(phc: string, hashing = PREFERRED): boolean {
  return !phc.startsWith(prefixOf(hashing));
}

/**
 * Returns a hash that no password matches. Verifying against it takes as long as against a real
 * one, so the time does not show whether an account exists.
 */
export function createDecoy(hashing = PREFERRED): string {
  return format(hashing, crypto.randomBytes(SALT_LENGTH), crypto.randomBytes(KEY_LENGTH));
}

/** Keyboards differ in how they put characters together. */
export function normalizePassword(password: string): string {
  return password.normalize('NFKC');
}

function derive(password: string, salt: Buffer, parameters: Hashing): Promise<Buffer> {
  const options = { ...parameters, maxmem: 2 * MOST_MEMORY };
  return scrypt(normalizePassword(password), salt, KEY_LENGTH, options);
}

function parse(phc: string): Hash | null {
  const [, ln, r, p, salt = '', key = ''] = PHC.exec(phc) ?? [];
  const parameters = { N: 2 ** Number(ln), r: Number(r), p: Number(p) };
  const hash = { parameters, salt: decode(salt), key: decode(key) };
  const isComplete = hash.salt.length >= SHORTEST_SALT && hash.key.length === KEY_LENGTH;
  return isComplete && isComputable(parameters) ? hash : null;
}

function isComputable(parameters: Hashing): boolean {
  const { N, r, p } = parameters;
  if (p > MOST_PASSES || memoryFor(parameters) > MOST_MEMORY) return false;
  // RFC 7914, section 2
  return N > 1 && r > 0 && p > 0 && N < 2 ** (16 * r);
}

/** Returns bytes. */
function memoryFor({ N, r }: Hashing): number {
  return 128 * N * r;
}

function format(hashing: Hashing, salt: Buffer, key: Buffer): string {
  return `${prefixOf(hashing)}${encode(salt)}$${encode(key)}`;
}

function prefixOf({ N, r, p }: Hashing): string {
  return `$scrypt$ln=${Math.log2(N)},r=${r},p=${p}$`;
}

function encode(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}

function decode(text: string): Buffer {
  return Buffer.from(text, 'base64');
}
