/** The app under load: whether it is one, and how many instances it has. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../command-line/problem.ts';

const PATIENCE = 120; // seconds until the instances are up
const PAUSE = 500; // milliseconds

/** Throws a problem for what is not this app, or cannot be reached. */
export async function checkTarget(origin: string, isAnyTarget: boolean): Promise<void> {
  const response = await ask(origin, '/status/health');
  const location = response.headers.get('Location');
  if (location) throw new Problem(`${origin} redirects to ${location}: give that URL.`);
  if (isAnyTarget || response.headers.has('X-App-Instance')) return;
  throw new Problem(
    `${origin} does not look like redis-example-app: it answers without X-App-Instance ` +
      `(GET /status/health: ${response.status}). To put load on it all the same, add --any-target.`,
  );
}

/** Resolves when the app says that it has so many instances; throws a problem if it does not. */
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

/** Null while nobody can tell. */
async function countInstances(origin: string): Promise<number | null> {
  try {
    const response = await ask(origin, '/instances/list');
    return response.ok ? ((await response.json()) as unknown[]).length : null;
  } catch {
    return null;
  }
}

async function ask(origin: string, path: string): Promise<Response> {
  try {
    return await fetch(origin + path, { redirect: 'manual', signal: AbortSignal.timeout(10_000) });
  } catch (error) {
    const { message, cause } = error as Error;
    throw new Problem(
      `${origin} cannot be reached: ${(cause as Error | undefined)?.message ?? message}`,
    );
  }
}
