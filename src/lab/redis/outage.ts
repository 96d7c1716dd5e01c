/** An outage of a Redis service: its servers hang, as on a machine that has no memory left. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../command-line/problem.ts';
import type { Server, Servers } from './servers.ts';

/**
 * Returns a function that makes all servers hang for so many seconds, Sentinels excepted. It
 * resolves when they answer again, and rejects with a problem during another outage.
 */
export function createOutage(servers: Servers): (seconds: number) => Promise<void> {
  let isOn = false;

  return async (seconds) => {
    if (isOn) throw new Problem('Redis hangs already. Try again when that is over.');
    isOn = true;
    try {
      const all = [...servers.byName.values()].filter(({ isSentinel }) => !isSentinel);
      await hang(all, 1000 * seconds, servers.stopping);
      await Promise.all(all.map((server) => untilAnswering(servers, server)));
    } finally {
      isOn = false;
    }
  };
}

/**
 * Stops the processes for `time` milliseconds, or until the signal is aborted: their connections
 * stay open and get no answer.
 */
export async function hang(all: Server[], time: number, signal?: AbortSignal): Promise<void> {
  for (const server of all) server.process.kill('SIGSTOP');
  await sleep(time, undefined, { signal }).catch(() => {}); // aborted
  for (const server of all) server.process.kill('SIGCONT');
}

async function untilAnswering(servers: Servers, server: Server): Promise<void> {
  await servers.until(async () => (await server.ask('PING')) === 'PONG', 'answers again');
}
