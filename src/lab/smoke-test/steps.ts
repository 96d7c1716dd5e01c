/** The steps of the smoke test, a line for each, and what is left to remove. */
import { Problem } from '../command-line/problem.ts';

/** Runs one step, and prints how it ended, with the text that it returns. Rejects as it does. */
export type Step = <Result>(name: string, run: () => Promise<Result>) => Promise<Result>;

/** Something that the test has made, or may have made. */
export interface Leftover {
  /** The words behind `cf` that remove it; the first is the name of the step. */
  words: string[];
  /** Removes it, and waits until it is gone. */
  remove: () => Promise<unknown>;
}

export function createStep(plan: string): Step {
  return async (name, run) => {
    const began = performance.now();
    const time = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
    process.stdout.write(`${plan}  ${name.padEnd(16)}`);
    try {
      const result = await run();
      console.log(`ok      ${time()}${typeof result === 'string' ? `  ${result}` : ''}`);
      return result;
    } catch (error) {
      console.log(`FAILED  ${time()}`);
      throw error;
    }
  };
}

/** Removes the last one first. What could not be removed stays in the list. */
export async function removeAll(leftovers: Leftover[], step: Step): Promise<void> {
  for (const leftover of leftovers.toReversed()) {
    const run = async () => void (await leftover.remove());
    const isGone = await step(leftover.words[0]!, run).then(() => true, explain);
    if (isGone) leftovers.splice(leftovers.indexOf(leftover), 1);
  }
}

/** Prints the commands to type for what is left, if something is. */
export function reportLeftovers(leftovers: Leftover[]): void {
  if (leftovers.length === 0) return;
  const commands = leftovers.toReversed().map(({ words }) => `  cf ${words.join(' ')}`);
  console.log(`\nLeft behind. To remove it, type:\n\n${commands.join('\n')}`);
}

/** Prints why a step has failed, and returns false. Throws what is no problem of the user's. */
export function explain(error: unknown): false {
  const { name, message } = error as Error;
  const isInterrupt = name === 'AbortError';
  if (!isInterrupt && !(error instanceof Problem)) throw error;
  console.log((isInterrupt ? 'Interrupted.' : message).replace(/^/gm, '  '));
  return false;
}
