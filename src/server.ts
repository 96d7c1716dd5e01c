/** The whole program: configuration → Redis → app → listen, until the platform says stop. */
import { createServer } from 'node:http';
import { createApp } from './app.ts';
import { formatInstance } from './cloudfoundry/instance.ts';
import { readConfig } from './config.ts';
import type { Health } from './health.ts';
import { createInstances } from './instances/instances.ts';
import { log } from './log.ts';
import { linkRedis } from './redis/link.ts';
import { shutDownOnSignal } from './shutdown.ts';
import { createTraffic } from './traffic.ts';

/** The platform's router reuses connections that were idle for up to 90 seconds. */
const KEEP_ALIVE_TIMEOUT = 95_000; // milliseconds
/** Large bodies wait for each other: none may take for ever. */
const REQUEST_TIMEOUT = 60_000; // milliseconds

const config = readConfig();
const { instance, binding, trust } = config;
for (const warning of binding.warnings) log(warning);
if (!trust.verify) log('WARNING: REDIS_TLS_REJECT_UNAUTHORIZED=false: ANY CERTIFICATE IS ACCEPTED');
if (config.areSessionsInMemory) {
  log(
    'WARNING: SESSIONS=memory: LOGINS ARE KNOWN TO ONE INSTANCE, AND LOST WITH IT. FOR A LESSON ONLY',
  );
}

const health: Health = { state: 'starting' };
const link = await linkRedis(config, log);
if (!link.client) log(link.availability.problem ?? 'No Redis service is bound');

const traffic = createTraffic();
const instances = createInstances({ config, link, traffic, log });
const server = createServer(
  { keepAliveTimeout: KEEP_ALIVE_TIMEOUT, requestTimeout: REQUEST_TIMEOUT },
  createApp({ config, link, instances, traffic, health, log }),
);
server.listen(config.port, () => {
  health.state = 'ready';
  instances?.join();
  log(`${instance.appName} ${formatInstance(instance)} listens on port ${config.port}`);
});
shutDownOnSignal({ server, instances, link, health, log });
