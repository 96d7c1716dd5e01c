/** Asks an instance for its health on a connection of its own, as the platform does but more often. */
import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const INTERVAL = 50; // milliseconds
const PATIENCE = 10_000; // milliseconds

/**
 * Returns the milliseconds from when each question was due to its answer, so that one long silence
 * counts for all questions that fall into it. Infinity stands for no answer.
 */
export async function probeHealth(port: number, signal: AbortSignal): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const answers: Promise<number>[] = [];
  for (let due = performance.now(); !signal.aborted; due += INTERVAL) {
    await sleep(Math.max(0, due - performance.now()));
    answers.push(ask(due));
  }
  const times = await Promise.all(answers);
  agent.destroy();
  return times;

  function ask(due: number): Promise<number> {
    return new Promise((resolve) => {
      const request = get({ host: '127.0.0.1', port, path: '/status/health', agent }, (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200 ? performance.now() - due : Infinity);
      });
      request.on('error', () => resolve(Infinity));
      request.setTimeout(PATIENCE, () => request.destroy());
    });
  }
}
