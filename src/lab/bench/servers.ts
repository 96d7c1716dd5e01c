/** Starts the contestants as the platform would, several times each, and stops them for certain. */
import type { RedisCredentials } from '../foundry/environment.ts';
import type { Contestant } from '../peers/contestants.ts';
import { type Server, startServer, untilAnswering } from '../peers/server.ts';

export interface Servers {
  /** Milliseconds until the first answer, of every start. The last start of each keeps running. */
  start(contestants: Contestant[], credentials: RedisCredentials): Promise<StartUps>;
  find(contestant: Contestant): Server;
  stop(): Promise<void>;
}

type StartUps = Map<Contestant, number[]>;

const STARTS = 3;

/** The prefix comes before each command, to pin it; logs go to the directory. */
export function createServers(prefix: string[], directory: string, signal: AbortSignal): Servers {
  const running = new Map<Contestant, Server>();
  return { start, find, stop };

  async function start(contestants: Contestant[], credentials: RedisCredentials) {
    const startUps: StartUps = new Map(contestants.map((contestant) => [contestant, []]));
    for (let round = 1; round <= STARTS; round++) {
      for (const contestant of contestants) {
        await running.get(contestant)?.process.stop();
        startUps.get(contestant)!.push(await startOne(contestant, credentials));
      }
    }
    return startUps;
  }

  async function startOne(contestant: Contestant, credentials: RedisCredentials) {
    const begin = performance.now();
    const server = await startServer(contestant, { credentials, directory, prefix });
    running.set(contestant, server);
    await untilAnswering(server, signal);
    return performance.now() - begin;
  }

  function find(contestant: Contestant) {
    return running.get(contestant)!;
  }

  async function stop() {
    for (const server of running.values()) await server.process.stop();
  }
}
