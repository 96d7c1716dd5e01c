/** `npm run foundry`, a Cloud Foundry on your desk: its life cycle. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeFoundry } from './announcement.ts';
import { readArguments, type Start, USAGE } from './arguments.ts';
import { send } from './control/client.ts';
import { createCommands } from './control/commands.ts';
import { listenToKeys } from './control/keys.ts';
import { startControl } from './control/server.ts';
import { MEMORY, PROCESS_GUID } from './environment.ts';
import { type App, startInstance } from './instances/instance.ts';
import { createInstances } from './instances/instances.ts';
import { createLimiter } from './limits/limiter.ts';
import { printerFor } from '../processes/output.ts';
import { Problem } from '../command-line/problem.ts';
import { readStartCommand } from './procfile.ts';
import { createServers } from '../redis/servers.ts';
import { startRedis } from '../redis/topologies.ts';
import { createRoute } from './router/route.ts';
import { startRouter } from './router/router.ts';
import { type Stopping, stopOnSignals } from '../command-line/stopping.ts';

/** What is stopped at the end; `kill` is for one that takes too long. */
interface Part {
  stop(): unknown;
  kill?(): void;
}

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  try {
    const task = parse(args);
    if (task === 'help') console.log(USAGE);
    else if (task.command === 'start') await run(task);
    else console.log(await send(task));
    return 0;
  } catch (error) {
    return report(error);
  }
}

function parse(args: string[]) {
  try {
    return readArguments(args);
  } catch (error) {
    throw new Problem(`${(error as Error).message}\n\n${USAGE}`);
  }
}

/** Returns when it was told to stop and nothing is left; throws when it cannot go on. */
async function run(start: Start) {
  const parts: Part[] = [];
  const stopping = stopOnSignals(() => parts.forEach((part) => part.kill?.()));
  try {
    await serve(start, parts, stopping);
  } finally {
    stopping.stop();
    for (const part of parts.toReversed()) await part.stop();
  }
}

/** What it has started, it leaves in `parts`; the last ones are to be stopped first. */
async function serve(
  { port, instances: count, redis: topology, settings }: Start,
  parts: Part[],
  stopping: Stopping,
) {
  const home = process.cwd();
  const command = await readStartCommand(home);

  const route = createRoute();
  const router = await startRouter({ route, processGuid: PROCESS_GUID, port });
  parts.push({ stop: router.close });

  const directory = await mkdtemp(join(tmpdir(), 'foundry-'));
  parts.push({ stop: () => rm(directory, { recursive: true }) });

  const servers = createServers(directory);
  parts.push(servers);
  const end = Promise.race([untilAborted(stopping.signal), servers.crashed]);
  const redis = await Promise.race([startRedis(topology, servers), end]);
  if (!redis) return;

  const { address } = router;
  const { credentials } = redis;
  const limiter = await createLimiter({ memory: MEMORY });
  const app: App = { command, home, directory, address, credentials, settings, limiter };
  const print = printerFor('foundry');
  const instances = createInstances((index) => startInstance(app, route, index), print);
  parts.push({ stop: instances.stop, kill: instances.killAll });

  const commands = createCommands(instances, redis);
  const control = await startControl({ port: router.port, commands, stop: stopping.stop });
  parts.unshift({ stop: control.close }); // the last one: it says to others that nothing is left

  await Promise.race([end, startAll()]);
  await end;

  async function startAll() {
    await instances.scale(count);
    const { stdin } = process;
    const facts = {
      address,
      port: router.port,
      instances: count,
      processGuid: PROCESS_GUID,
      limits: limiter.description,
    };
    console.log(describeFoundry(facts, stdin.isTTY));
    if (!stdin.isTTY) return;
    const { interrupt } = stopping;
    const keys = listenToKeys({ input: stdin, commands, instances, interrupt, print });
    parts.push({ stop: keys.close });
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
}

/** Only a problem that its reader can mend goes without a stack trace. */
function report(error: unknown): number {
  console.error(error instanceof Problem ? error.message : error);
  return 1;
}
