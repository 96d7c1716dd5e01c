/** Session ids, and the handles that may be shown in their place. */
import { hash, randomBytes } from 'node:crypto';

/** 256 bits from the system's random number generator, as 43 characters that need no escaping. */
export function createSessionId(): string {
  return randomBytes(32).toString('base64url');
}

/** What cannot be an id need not be looked for. */
export function isSessionId(text: string): boolean {
  return /^[\w-]{43}$/.test(text);
}

/**
 * The name under which a session is stored, listed and ended. It is a hash of 132 bits: nobody who
 * reads it, in Redis or on a page, comes to the id, which alone signs in.
 */
export function handleOf(id: string): string {
  return hash('sha256', id, 'base64url').slice(0, 22);
}
