/** SIGTERM → unready → drain → close Redis → exit 0, before the platform kills. */
import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from './app.ts';
import type { Log } from './log.ts';

/** The platform's router needs this time to learn that the instance takes no more requests. */
const LAST_REQUESTS = 1000; // milliseconds
/** The platform kills after 10 seconds. */
const DEADLINE = 8000; // milliseconds

/** Shuts down on SIGTERM from the platform, and on SIGINT from a terminal. */
export function shutDownOnSignal(app: App, log: Log): void {
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => void shutDown(app, log));
}

async function shutDown(app: App, log: Log): Promise<void> {
  log('Draining: no more requests, please');
  setTimeout(() => giveUp(log), DEADLINE).unref();

  await Promise.all([app.drain(), sleep(LAST_REQUESTS)]);
  await closeServer(app.server);
  await app.close();
  log('Drained: good-bye');
  process.exit(0);
}

/** Node.js closes only the connections that are idle now, so connections are closed as they become idle. */
async function closeServer(server: Server): Promise<void> {
  const sweep = setInterval(() => server.closeIdleConnections(), 100);
  await new Promise((resolve) => server.close(resolve));
  clearInterval(sweep);
}

function giveUp(log: Log): void {
  log('Some requests take too long: leaving without their answers');
  process.exit(0);
}
