/** A thread that attacks, so that the attack does not delay the thread that measures. */
import { untilStopped } from '../thread.ts';
import { type AttackName, attacks } from './attacks.ts';
import type { Target } from './wire.ts';

await untilStopped(({ name, target }: { name: AttackName; target: Target }, signal) =>
  attacks[name](target, signal),
);
