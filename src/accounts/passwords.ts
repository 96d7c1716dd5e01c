/** Hashes of passwords, as PHC strings: `$algorithm$parameters$salt$key`. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { findKeyDerivation, preferred } from './key-derivation.ts';

const SALT_LENGTH = 16; // bytes

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_LENGTH);
  const key = await preferred.derive(normalize(password), salt);
  return format(salt, key);
}

/** False as well for a hash that cannot be computed here: see isVerifiable. */
export async function verifyPassword(password: string, phc: string): Promise<boolean> {
  const [salt, expected] = phc.split('$').slice(-2).map(decode) as [Buffer, Buffer];
  const derivation = findKeyDerivation(parametersOf(phc));
  if (!derivation) return false;
  return timingSafeEqual(await derivation.derive(normalize(password), salt), expected);
}

/** False where Node.js 24 has made the hash, with argon2id, and an older one runs now. */
export function isVerifiable(phc: string): boolean {
  return findKeyDerivation(parametersOf(phc)) !== null;
}

/** True for a hash that would be made differently today. */
export function isOutdated(phc: string): boolean {
  return parametersOf(phc) !== preferred.parameters;
}

/** Of no password at all; to verify one against it takes as long as against any other. */
export function createDecoy(): string {
  return format(randomBytes(SALT_LENGTH), randomBytes(32));
}

function format(salt: Buffer, key: Buffer): string {
  return `${preferred.parameters}$${encode(salt)}$${encode(key)}`;
}

function parametersOf(phc: string): string {
  return phc.split('$').slice(0, -2).join('$');
}

/** Keyboards differ in how they put characters together. */
function normalize(password: string): string {
  return password.normalize('NFKC');
}

function encode(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}

function decode(text: string): Buffer {
  return Buffer.from(text, 'base64');
}
