/** Sets the number of instances of the app under load, and waits until the app has them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../command-line/problem.ts';
import { askTarget } from './target.ts';

const PATIENCE = 120; // seconds until the instances are up
const PAUSE = 500; // milliseconds

/** Scales by running the command, with the number for `{n}`. Throws a problem when it fails. */
export function scaleBy(command: string): (count: number) => Promise<void> {
  return async (count) => {
    const line = command.replaceAll('{n}', String(count));
    const child = spawn(line, { shell: true, stdio: ['ignore', 2, 2] });
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    if (code !== 0) throw new Problem(`\`${line}\` has failed (${signal ?? `exit code ${code}`}).`);
  };
}

/** Resolves when the app lists so many instances; throws a problem when it does not in time. */
export async function untilInstances(
  origin: string,
  count: number,
  signal: AbortSignal,
): Promise<void> {
  const end = performance.now() + 1000 * PATIENCE;
  let found: number | null = null;
  while (performance.now() < end && !signal.aborted) {
    found = await countInstances(origin);
    if (found === count) return;
    await sleep(PAUSE, null, { signal }).catch(() => {});
  }
  if (signal.aborted) return;
  throw new Problem(
    `After ${PATIENCE} seconds, GET /instances/list shows ${found ?? 'no'} instances, not ${count}.`,
  );
}

/** Null while the app does not answer. Throws a problem where the app refuses to list them. */
async function countInstances(origin: string): Promise<number | null> {
  const answer = await askTarget(origin, '/instances/list').catch(() => null);
  if (answer?.status === 403) {
    throw new Problem(`${origin} does not list its instances: ${answer.body}.`);
  }
  return answer?.status === 200 ? (JSON.parse(answer.body) as unknown[]).length : null;
}
