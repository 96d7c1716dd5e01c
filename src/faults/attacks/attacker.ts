/** A thread that attacks, so that whoever measures the others is not held up. */
import { untilStopped } from '../thread.ts';
import { type AttackName, attacks } from './attacks.ts';
import type { Target } from './wire.ts';

await untilStopped(({ name, target }: { name: AttackName; target: Target }, signal) =>
  attacks[name](target, signal),
);
