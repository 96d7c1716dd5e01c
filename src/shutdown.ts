/** SIGTERM → unready → drain → close Redis → exit 0, before the platform kills. */
import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Health } from './http/health.ts';
import type { Instances } from './instances/instances.ts';
import type { Log } from './log.ts';
import type { RedisLink } from './redis/connect.ts';

/** The router learns within this time that this instance wants no more requests. */
const LAST_REQUESTS = 1000; // milliseconds
/** The platform kills after 10 seconds. */
const DEADLINE = 8000; // milliseconds

interface Running {
  server: Server;
  instances: Instances | null;
  link: RedisLink;
  health: Health;
  log: Log;
}

/** Shuts down on SIGTERM from the platform, and on SIGINT from a terminal. */
export function shutDownOnSignal(running: Running): void {
  process.once('SIGTERM', () => void shutDown(running));
  process.once('SIGINT', () => void shutDown(running));
}

async function shutDown({ server, instances, link, health, log }: Running): Promise<void> {
  log('Draining: no more requests, please');
  health.state = 'draining';
  setTimeout(() => giveUp(log), DEADLINE).unref();

  await Promise.all([instances?.leave(), sleep(LAST_REQUESTS)]);
  await close(server);
  await link.client?.quit().catch(() => {}); // it is away already
  log('Drained: good-bye');
  process.exit(0);
}

/** Node.js closes the connections that are idle now, but not those that become so later. */
async function close(server: Server): Promise<void> {
  const sweep = setInterval(() => server.closeIdleConnections(), 100);
  await new Promise((resolve) => server.close(resolve));
  clearInterval(sweep);
}

function giveUp(log: Log): void {
  log('Some requests take too long: leaving without their answers');
  process.exit(0);
}
