/** The whole program: configuration → Redis → app → listen, until the platform says stop. */
import { createApp } from './app.ts';
import { formatInstance } from './cloudfoundry/instance.ts';
import { readConfig } from './config.ts';
import type { Health } from './http/health.ts';
import { createHttpServer } from './http/server.ts';
import { createInstances } from './instances/instances.ts';
import { constantHeaders } from './http/listener.ts';
import { log } from './log.ts';
import { linkRedis } from './redis/connect.ts';
import { shutDownOnSignal } from './shutdown.ts';
import { createTraffic } from './http/request-counts.ts';

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
const app = createApp({ config, link, instances, traffic, health, log });
const server = createHttpServer(app, constantHeaders(instance));
server.listen({ port: config.port, host: config.listenAddress }, () => {
  health.state = 'ready';
  instances?.join();
  log(`${instance.appName} ${formatInstance(instance)} listens on port ${config.port}`);
});
shutDownOnSignal({ server, instances, link, health, log });
