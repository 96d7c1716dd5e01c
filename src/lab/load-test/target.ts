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

/** Null while the app does not answer. Throws a problem where it keeps the number to itself. */
async function countInstances(origin: string): Promise<number | null> {
  const response = await ask(origin, '/instances/list').catch(() => null);
  if (response?.status === 403) {
    throw new Problem(`${origin} does not list its instances: ${await response.text()}.`);
  }
  return response?.ok ? readLength(response).catch(() => null) : null;
}

async function readLength(response: Response): Promise<number> {
  return ((await response.json()) as unknown[]).length;
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
