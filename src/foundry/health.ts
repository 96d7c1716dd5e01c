/** Waits for an app that is starting, as the platform does. */
import { setTimeout } from 'node:timers/promises';
import { Problem } from './problem.ts';

const ENDPOINT = '/status/health';
const START_TIMEOUT = 60 * 1000; // 60 seconds
const ANSWER_TIMEOUT = 1000; // 1 second
const INTERVAL = 100; // milliseconds

/** True as soon as the app is healthy, false when the signal is aborted before. */
export async function untilHealthy(url: string, signal: AbortSignal): Promise<boolean> {
  const deadline = performance.now() + START_TIMEOUT;
  while (!signal.aborted) {
    if (await isHealthy(url)) return true;
    if (performance.now() > deadline) {
      throw new Problem(
        `The app did not answer GET ${ENDPOINT} with 200 within ${START_TIMEOUT / 1000} seconds.`,
      );
    }
    await setTimeout(INTERVAL);
  }
  return false;
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const response = await fetch(url + ENDPOINT, { signal: AbortSignal.timeout(ANSWER_TIMEOUT) });
    await response.text();
    return response.status === 200;
  } catch {
    return false; // it does not listen yet
  }
}
