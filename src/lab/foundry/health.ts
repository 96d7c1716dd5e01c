/** Asks an instance how it is, as the platform does: is it alive, and may requests come? */
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../command-line/problem.ts';

const LIVENESS = '/status/health';
const READINESS = '/status/ready';

const START_TIMEOUT = 60 * 1000; // 60 seconds
/** Longer than the platform's second: on a desk, all instances share a few busy processors. */
const ANSWER_TIMEOUT = 5 * 1000; // 5 seconds
/** Often enough for an instance that drains: it takes requests for one more second. */
const INTERVAL = 100; // milliseconds

/** True as soon as the app is healthy, false when the signal is aborted before. */
export function untilHealthy(url: string, signal: AbortSignal): Promise<boolean> {
  return untilOk(url, LIVENESS, signal);
}

/** Like `untilHealthy`, for the first request. */
export function untilReady(url: string, signal: AbortSignal): Promise<boolean> {
  return untilOk(url, READINESS, signal);
}

/** Reports whether requests may come, again and again until the signal is aborted. */
export async function watchReadiness(
  url: string,
  signal: AbortSignal,
  report: (isReady: boolean) => void,
) {
  while (!signal.aborted) {
    const isReady = await isOk(url + READINESS);
    if (!signal.aborted) report(isReady);
    await sleep(INTERVAL);
  }
}

async function untilOk(url: string, endpoint: string, signal: AbortSignal): Promise<boolean> {
  const deadline = performance.now() + START_TIMEOUT;
  while (!signal.aborted) {
    if (await isOk(url + endpoint)) return true;
    if (performance.now() > deadline) {
      throw new Problem(
        `The app did not answer GET ${endpoint} with 200 within ${START_TIMEOUT / 1000} seconds.`,
      );
    }
    await sleep(INTERVAL);
  }
  return false;
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
