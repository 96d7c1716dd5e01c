/** The program: reads its configuration, connects, listens, and shuts down on a signal. */
import { createApp } from './app.ts';
import { formatInstance } from './cloudfoundry/instance.ts';
import { readConfig, warningsOf } from './config.ts';
import { log } from './log.ts';
import { shutDownOnSignal } from './shutdown.ts';

const config = readConfig();
for (const warning of warningsOf(config)) log(warning);

const { port, listenAddress, instance } = config;
const app = await createApp(config, log);
app.server.listen({ port, host: listenAddress }, () => {
  app.start();
  log(`${instance.appName} ${formatInstance(instance)} listens on port ${port}`);
});
shutDownOnSignal(app, log);
