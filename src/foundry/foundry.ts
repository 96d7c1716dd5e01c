/** `npm run foundry`, a Cloud Foundry on your desk: its arguments and its life cycle. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { instanceEnvironment, type RedisCredentials } from './environment.ts';
import { untilHealthy } from './health.ts';
import { announce, printerFor } from './output.ts';
import { findPort } from './port.ts';
import { Problem } from './problem.ts';
import { type Process, startProcess } from './processes.ts';
import { readStartCommand } from './procfile.ts';
import { startRedis } from './redis-server.ts';

const USAGE = `Usage: npm run foundry -- [--port PORT]

Starts the app as Cloud Foundry would, with a private Redis bound to it.

  --port PORT   where the app listens; 8080 if not given, 0 for any free port
  --help        prints this text`;

/** npm passes the terminal's Ctrl-C on, so that one key press arrives twice. */
const SAME_KEY_PRESS = 500; // milliseconds

process.exitCode = await main(readArguments());

async function main({ port }: { port: number }): Promise<number> {
  const running: Process[] = [];
  const stopping = stopOnSignals(() => running.forEach((child) => child.kill()));
  const directory = await mkdtemp(join(tmpdir(), 'foundry-'));

  try {
    await run(port, directory, running, stopping.signal);
    return 0;
  } catch (error) {
    return report(error);
  } finally {
    stopping.abort();
    await stop(running);
    await rm(directory, { recursive: true });
  }
}

function readArguments() {
  const options = { port: { type: 'string', default: '8080' }, help: { type: 'boolean' } } as const;
  try {
    const { port, help } = parseArgs({ options }).values;
    if (help) {
      console.log(USAGE);
      process.exit(0);
    }
    return { port: readPort(port) };
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    process.exit(1);
  }
}

function readPort(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) > 65535) throw new Error(`"${text}" is no port.`);
  return Number(text);
}

/** Returns when the signal is aborted; what it leaves running, the latest first, is in `running`. */
async function run(
  requestedPort: number,
  directory: string,
  running: Process[],
  signal: AbortSignal,
) {
  const command = await readStartCommand(process.cwd());

  const redis = await startRedis(directory);
  running.unshift(redis.process);

  // Not before Redis listens: a port that is free now could be the one it takes.
  const port = await findPort(requestedPort);
  running.unshift(await startInstance(command, port, redis.credentials, directory));

  const end = Promise.race([untilAborted(signal), ...running.map(untilEnded)]);
  await Promise.race([end, announceWhenHealthy(port, signal)]);
  await end;
}

/** The first signal stops; one that comes later kills. */
function stopOnSignals(kill: () => void): AbortController {
  const stopping = new AbortController();
  let firstAt: number | undefined;

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stopOrKill);
  process.stdout.on('error', () => stopping.abort()); // nobody reads on
  return stopping;

  function stopOrKill() {
    firstAt ??= performance.now();
    stopping.abort();
    if (performance.now() - firstAt > SAME_KEY_PRESS) kill();
  }
}

async function startInstance(
  command: string,
  port: number,
  redis: RedisCredentials,
  directory: string,
) {
  const index = 0;
  const home = process.cwd();
  const temporaryDirectory = join(directory, `app-${index}`);
  await mkdir(temporaryDirectory);

  const env = instanceEnvironment({ index, port, home, temporaryDirectory }, redis);
  const name = `app/${index}`;
  return startProcess({ name, command: ['bash', '-c', command], cwd: home, env }, printerFor(name));
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
}

async function untilEnded(child: Process): Promise<never> {
  throw new Problem(`${child.name} ended by itself (${await child.ended}).`);
}

async function announceWhenHealthy(port: number, signal: AbortSignal) {
  const address = `127.0.0.1:${port}`;
  if (await untilHealthy(`http://${address}`, signal)) announce(address);
}

/** Only a problem that its reader can mend goes without a stack trace. */
function report(error: unknown): number {
  console.error(error instanceof Problem ? error.message : error);
  return 1;
}

/** One by one, so that the app drains while its Redis is still there. */
async function stop(running: Process[]) {
  for (const child of running) await child.stop();
}
