/** Asks who is signed in, each time with another session id that nobody has. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

export interface Guessing {
  origin: string;
  guesses: number;
  /** Per second. */
  rate: number;
}

export interface Guesses {
  /** How often each status was the answer. */
  statuses: Record<string, number>;
  /** How many had no answer. */
  errors: number;
}

export async function guessSessions(workerData: Guessing): Promise<Guesses> {
  const worker = new Worker(new URL('guesser.js', import.meta.url), { workerData });
  const [guesses] = (await once(worker, 'message')) as [Guesses];
  return guesses;
}
