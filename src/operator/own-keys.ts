/** The app's own keys, of which even the operator sees only kind and number. */
import { OWN_PREFIX } from '../redis/names.ts';

const PREFIX = Buffer.from(OWN_PREFIX);

/** By what follows the prefix (redis/names.ts). */
const KINDS: [RegExp, string][] = [
  [/^s:/, 'sessions'],
  [/^u:/, 'lists of sessions'],
  [/^a:/, 'accounts'],
  [/^t/, 'counters of sign-ins'],
  [/^instances$/, 'instances'],
  [/^probe:/, 'probes'],
];

export function isOwn(key: Buffer): boolean {
  return key.subarray(0, PREFIX.length).equals(PREFIX);
}

/** Returns how many there are of each kind. */
export function countOwn(keys: Buffer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of keys.filter(isOwn)) {
    const rest = key.toString('latin1').slice(OWN_PREFIX.length);
    const kind = KINDS.find(([pattern]) => pattern.test(rest))?.[1] ?? 'others';
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}
