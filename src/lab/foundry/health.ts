/** Asks an instance, as the platform does: is it alive, and may requests come? */
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../processes/until.ts';

const LIVENESS = '/status/health';
const READINESS = '/status/ready';

const START_TIMEOUT = 60 * 1000; // 60 seconds
/** Longer than the platform's second: on a desk, all instances share a few busy processors. */
const ANSWER_TIMEOUT = 5 * 1000; // 5 seconds
const START_INTERVAL = 100; // milliseconds
/** Often enough for an instance that drains: it takes requests for one more second. */
const READINESS_INTERVAL = 500; // milliseconds

/** Resolves when the app is healthy. Rejects after a minute, and when the signal is aborted. */
export async function untilHealthy(url: string, signal: AbortSignal): Promise<void> {
  await untilOk(url, LIVENESS, signal);
}

/** Like `untilHealthy`, for the first request. */
export async function untilReady(url: string, signal: AbortSignal): Promise<void> {
  await untilOk(url, READINESS, signal);
}

/** Reports whether requests may come, again and again until the signal is aborted. */
export async function watchReadiness(
  url: string,
  signal: AbortSignal,
  report: (isReady: boolean) => Promise<void>,
) {
  while (!signal.aborted) {
    const isReady = await isOk(url + READINESS);
    if (!signal.aborted) await report(isReady);
    await sleep(READINESS_INTERVAL, undefined, { ref: false });
  }
}

async function untilOk(url: string, endpoint: string, signal: AbortSignal): Promise<void> {
  const goal = `The app answers GET ${endpoint} with 200`;
  await until(goal, () => isOk(url + endpoint), {
    limit: START_TIMEOUT,
    pause: START_INTERVAL,
    signal,
  });
}

async function isOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_TIMEOUT) });
    await response.text();
    return response.status === 200;
  } catch {
    return false; // it does not listen yet, or no more
  }
}
