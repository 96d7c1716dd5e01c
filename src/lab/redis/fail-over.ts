/** The failover of a Redis service: kills a primary, waits for its successor, and brings it back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { printerFor } from '../processes/output.ts';
import { Problem } from '../command-line/problem.ts';
import type { Server, Servers } from './servers.ts';

/** Long enough to see on the page that it is missing. */
const AWAY = 5000; // milliseconds

export interface RedisService {
  /** As a broker writes them. */
  credentials: object;
  /**
   * Kills a primary, and resolves to what happened when another server takes its writes. The killed
   * one comes back some seconds later, as a replica. Rejects with a problem where no server can take
   * over.
   */
  failOver(): Promise<string>;
}

interface Topology {
  findPrimary(): Promise<Server>;
  /** null until another server takes the writes of the one that is gone. */
  findSuccessor(gone: Server): Promise<Server | null>;
  /** As a replica. */
  startAgain(server: Server): Promise<void>;
}

/** Returns a function that resolves to a sentence: what happened, and how long it took. */
export function createFailOver(servers: Servers, topology: Topology): () => Promise<string> {
  let away: Server | null = null;

  return async () => {
    if (away) throw new Problem(`${away.name} is still away. Try again when it is back.`);
    const primary = await topology.findPrimary();
    away = primary;
    const began = performance.now();
    await primary.kill();
    const successor = await servers.until(() => topology.findSuccessor(primary), 'fails over');
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    void bringBack(primary);
    return (
      `${primary.name} was killed, and ${successor.name} took its writes after ${seconds} seconds. ` +
      `${primary.name} comes back as a replica in ${AWAY / 1000} seconds.`
    );
  };

  /** The end of the foundry does not wait for it. */
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
