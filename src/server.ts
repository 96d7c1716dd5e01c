/** The program: reads its configuration, connects, listens, and shuts down on a signal. */
import { createApp } from './app.ts';
import { formatInstance } from './cloudfoundry/instance.ts';
import { SettingProblem } from './cloudfoundry/settings.ts';
import { type Config, readConfig, warningsOf } from './config.ts';
import { log, withoutRepeats } from './log.ts';
import { shutDownOnSignal } from './shutdown.ts';

// ioredis warns at each connection that Redis wants no password
console.warn = withoutRepeats(log);

const config = readSettings();
for (const warning of warningsOf(config)) log(warning);

const { port, listenAddress, instance } = config;
const app = await createApp(config, log);
app.server.once('error', (error) => end(explainListening(error)));
app.server.listen({ port, host: listenAddress }, () => {
  app.start();
  log(`${instance.appName} ${formatInstance(instance)} listens on port ${port}`);
});
shutDownOnSignal(app, log);

function readSettings(): Config {
  try {
    return readConfig();
  } catch (error) {
    if (error instanceof SettingProblem) end(error.message);
    throw error;
  }
}

/** Its code is the system's. */
function explainListening({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'EADDRINUSE':
      return `PORT is ${port}, which another program listens on: set PORT to a free port`;
    case 'EACCES':
      return `PORT is ${port}, which this user may not listen on: set PORT to 1024 or higher`;
    default:
      return `LISTEN_ADDRESS is "${listenAddress}", where the app cannot listen (${message})`;
  }
}

function end(sentence: string): never {
  log(sentence);
  process.exit(1);
}
