/** Brings Redis servers back that have ended, as a platform does. */
import { setTimeout as sleep } from 'node:timers/promises';
import { printerFor } from '../processes/output.ts';
import type { Server, Servers } from './servers.ts';

export interface Revival {
  /** The servers that are still to come back. */
  away: Set<Server>;
  /** Starts a server again, some time after it has ended. Prints that it is back, or why it is not. */
  bringBack: (server: Server) => Promise<void>;
  /** Prints how a server has ended by itself, and brings it back. */
  revive: (server: Server, end: string) => Promise<void>;
}

/** `pause` is the time in milliseconds that a server is away. */
export function createRevival(
  { stopping }: Servers,
  pause: number,
  startAgain: (server: Server) => Promise<void>,
): Revival {
  const away = new Set<Server>();
  return { away, bringBack, revive };

  async function revive(server: Server, end: string) {
    const loss = `${server.name} ended (${end}), and lost what it had in memory.`;
    printerFor('foundry')(`${loss} It starts again in ${pause / 1000} s.`);
    await bringBack(server);
  }

  async function bringBack(server: Server) {
    away.add(server);
    while (away.has(server) && !stopping.aborted) {
      await sleep(pause, undefined, { signal: stopping }).catch(() => {}); // aborted
      if (!stopping.aborted) await tryToStart(server);
    }
  }

  async function tryToStart(server: Server) {
    const print = printerFor('foundry');
    try {
      await startAgain(server);
      away.delete(server);
      print(`${server.name} is back.`);
    } catch (error) {
      print(`${server.name} is not back: ${(error as Error).message}`);
    }
  }
}
