/** The failover of a Redis service: kills a primary, waits for its successor, and brings it back. */
import { Problem } from '../command-line/problem.ts';
import { createRevival, type Revival } from './revival.ts';
import type { Server, Servers } from './servers.ts';

/** Long enough to see on the page that it is missing. */
const AWAY = 5000; // milliseconds

export interface RedisService {
  /** As a broker writes them; others after a rotation. */
  credentials: object;
  /**
   * Kills a primary, and resolves to what happened when another server takes its writes. The killed
   * one comes back some seconds later, as a replica. Rejects with a problem where no server can take
   * over.
   */
  failOver: () => Promise<string>;
  revive: Revival['revive'];
}

interface Topology {
  findPrimary: () => Promise<Server>;
  /** null until another server takes the writes of the one that is gone. */
  findSuccessor: (gone: Server) => Promise<Server | null>;
  /** As a replica, or as the Sentinel that it was. */
  startAgain: (server: Server) => Promise<void>;
}

/** The text that `failOver` resolves to says how long it took. */
export function createFailOver(
  servers: Servers,
  topology: Topology,
): Pick<RedisService, 'failOver' | 'revive'> {
  const { away, bringBack, revive } = createRevival(servers, AWAY, (server) =>
    topology.startAgain(server),
  );
  return { failOver, revive };

  async function failOver(): Promise<string> {
    const [missing] = away;
    if (missing) throw new Problem(`${missing.name} is still away. Try again when it is back.`);
    const primary = await servers.until(() => topology.findPrimary(), 'names its primary');
    away.add(primary);
    const began = performance.now();
    await primary.kill();
    try {
      const successor = await servers.until(() => topology.findSuccessor(primary), 'fails over');
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      return (
        `${primary.name} was killed, and ${successor.name} took its writes after ${seconds} seconds. ` +
        `${primary.name} comes back as a replica in ${AWAY / 1000} seconds.`
      );
    } finally {
      void bringBack(primary);
    }
  }
}
