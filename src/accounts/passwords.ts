/** Hashes of passwords, as PHC strings: `$algorithm$parameters$salt$key`. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { type DeriveKey, findDerivation, KEY_LENGTH, PREFERRED } from './key-derivation.ts';

const SALT_LENGTH = 16; // bytes
/** Argon2id takes no shorter one (RFC 9106, section 3.1). */
const SHORTEST_SALT = 8; // bytes

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_LENGTH);
  const derive = findDerivation(PREFERRED)!;
  return format(salt, await derive(normalizePassword(password), salt));
}

/** Returns false as well for a hash that cannot be computed here: see isVerifiable. */
export async function verifyPassword(password: string, phc: string): Promise<boolean> {
  const hash = parse(phc);
  if (!hash) return false;
  const key = await hash.derive(normalizePassword(password), hash.salt);
  return timingSafeEqual(key, hash.key);
}

/** Returns false for argon2id before Node.js 24.7, and for what no version of this app has made. */
export function isVerifiable(phc: string): boolean {
  return parse(phc) !== null;
}

/** Returns whether a new hash would be made with other parameters. */
export function isOutdated(phc: string): boolean {
  return !phc.startsWith(`${PREFERRED}$`);
}

/** Returns a hash of no password. To verify one against it takes as long as against any other. */
export function createDecoy(): string {
  return format(randomBytes(SALT_LENGTH), randomBytes(KEY_LENGTH));
}

/** Keyboards differ in how they put characters together. */
export function normalizePassword(password: string): string {
  return password.normalize('NFKC');
}

interface Hash {
  derive: DeriveKey;
  salt: Buffer;
  key: Buffer;
}

function parse(phc: string): Hash | null {
  const parts = phc.split('$');
  const [salt, key] = parts.slice(-2).map(decode);
  const derive = findDerivation(parts.slice(0, -2).join('$'));
  if (!derive || !salt || !key) return null;
  return salt.length >= SHORTEST_SALT && key.length === KEY_LENGTH ? { derive, salt, key } : null;
}

function format(salt: Buffer, key: Buffer): string {
  return `${PREFERRED}$${encode(salt)}$${encode(key)}`;
}

function encode(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}

function decode(text: string): Buffer {
  return Buffer.from(text, 'base64');
}
