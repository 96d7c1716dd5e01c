/** Takes a primary away, waits for its successor, and brings it back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { printerFor } from '../output.ts';
import { Problem } from '../../command-line/problem.ts';
import type { Server, Servers } from './servers.ts';

/** Long enough to see on the page that it is missing. */
const AWAY = 5000; // milliseconds

interface Topology {
  findPrimary(): Promise<Server>;
  /** null for as long as nobody takes the writes of the one that is gone. */
  findSuccessor(gone: Server): Promise<Server | null>;
  /** As a replica. */
  startAgain(server: Server): Promise<void>;
}

/** Returns a function that resolves to what happened, and how long it took. */
export function createFailOver(servers: Servers, topology: Topology): () => Promise<string> {
  let away: Server | null = null;

  return async () => {
    if (away) throw new Problem(`${away.name} is still away. Try again when it is back.`);
    const primary = await topology.findPrimary();
    away = primary;
    const began = performance.now();
    await primary.kill();
    const successor = await servers.until(() => topology.findSuccessor(primary), 'fail over');
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    void bringBack(primary);
    return (
      `${primary.name} was killed, and ${successor.name} took its writes after ${seconds} seconds. ` +
      `${primary.name} comes back as a replica in ${AWAY / 1000} seconds.`
    );
  };

  /** Nobody waits for it, least of all the end of the foundry. */
  async function bringBack(server: Server): Promise<void> {
    const print = printerFor('foundry');
    try {
      await sleep(AWAY, undefined, { ref: false });
      await topology.startAgain(server);
      print(`${server.name} is back.`);
    } catch (error) {
      print(`${server.name} is not back: ${(error as Error).message}`);
    }
    away = null;
  }
}
