/** Measures the servers without load: start-up, memory when idle, and the size of sessions. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { RedisCredentials } from '../foundry/environment.ts';
import { readResidentMemory } from '../processes/resident-memory.ts';
import { createAppSessions } from './app-sessions.ts';
import { app, type Contestant } from '../peers/contestants.ts';
import { signUp } from '../peers/exchanges.ts';
import type { ServerResult } from './results.ts';
import { contestantsOf, type Scenario } from './scenarios.ts';
import type { Servers } from './servers.ts';
import { measureSessionBytes } from './session-bytes.ts';

const SETTLING = 1000; // milliseconds from the last start-up until all count as idle

interface Parts {
  servers: Servers;
  credentials: RedisCredentials;
  /** The number of users who sign in at each. */
  users: number;
}

/** Starts all contestants of the scenarios. `say` receives the progress. */
export async function measureServers(
  scenarios: Scenario[],
  { servers, credentials, users }: Parts,
  say: (line: string) => void,
): Promise<ServerResult[]> {
  const contestants = contestantsOf(scenarios);
  const keepers = contestantsOf(scenarios.filter(({ needsSession }) => needsSession));
  say('starting the servers, several times each');
  const startUps = await servers.start(contestants, credentials);
  await sleep(SETTLING);

  const results: ServerResult[] = [];
  for (const contestant of contestants) {
    const { name } = contestant;
    const idle = await readResidentMemory(servers.find(contestant).process.pid);
    const result: ServerResult = { contestant: name, startUps: startUps.get(contestant)!, idle };
    if (keepers.includes(contestant)) {
      say(`signing users in at ${name}`);
      result.sessionBytes = await measureSessions(contestant);
    }
    results.push(result);
  }
  return results;

  async function measureSessions(contestant: Contestant): Promise<number> {
    const redis = new Redis(credentials);
    try {
      return await measureSessionBytes(redis, users, signInAt(contestant, redis));
    } finally {
      redis.disconnect();
    }
  }

  /** Uses the code of the app for the app, where a sign-up would also make an account. */
  function signInAt(contestant: Contestant, redis: Redis) {
    if (contestant === app) return createAppSessions(redis).start;
    const { origin } = servers.find(contestant);
    return (user: string) => signUp(origin, user);
  }
}
