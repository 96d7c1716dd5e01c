/** All contestants of a run: started several times, and stopped for certain. */
import type { RedisCredentials } from '../foundry/environment.ts';
import type { Contestant } from './contestants.ts';
import { startServer, untilAnswering, type Server } from './server.ts';

export interface Servers {
  /** Milliseconds until the first answer, of every start. The last start of each keeps running. */
  start(contestants: Contestant[], credentials: RedisCredentials): Promise<StartUps>;
  find(contestant: Contestant): Server;
  stop(): Promise<void>;
}

type StartUps = Map<Contestant, number[]>;

const STARTS = 3;

/** The prefix comes before their commands, to pin them; what they print goes to the directory. */
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
    const server = await startServer(contestant, credentials, prefix, directory);
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
