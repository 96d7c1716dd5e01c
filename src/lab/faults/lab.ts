/** The app under load on a foundry of its own, with everything around it that can break. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stopOnSignals } from '../command-line/stopping.ts';
import { MEMORY, PROCESS_GUID } from '../foundry/environment.ts';
import { type App, type Instance, startInstance } from '../foundry/instances/instance.ts';
import { createInstances, type Instances } from '../foundry/instances/instances.ts';
import { createLimiter } from '../foundry/limits/limiter.ts';
import { readStartCommand } from '../foundry/procfile.ts';
import { createRoute } from '../foundry/router/route.ts';
import { startRouter } from '../foundry/router/router.ts';
import { type Load, underLoad } from '../load-test/under-load.ts';
import { silence } from '../processes/output.ts';
import type { RedisService } from '../redis/fail-over.ts';
import { createServers, type Plan as ServerPlan, type Server } from '../redis/servers.ts';
import { type RedisTopology, startRedis } from '../redis/topologies.ts';
import { type Link, openLink } from './link.ts';
import type { Observation } from './observation.ts';
import { FULL_SCALE, type Plan, scaled } from './plan.ts';

export interface Lab {
  origin: string;
  /** Removed at the end. */
  directory: string;
  instances: Instances;
  /** Returns the only instance at that index. */
  instance(index: number): Instance;
  /** How instances have ended so far, as `signal SIGKILL`, including those that a fault killed. */
  ends: string[];
  service: RedisService;
  /** The first server: the only one of a standalone Redis. */
  redis: Server;
  /** Returns the server of that name, as `redis/1` or `sentinel/0`. */
  server(name: string): Server;
  /** Between app and Redis, where the setting asks for it. */
  link: Link | null;
  /**
   * Puts load on the app. `happening` begins a second later; when it is over, the load goes on for
   * some time, to see what comes of it.
   */
  underLoad(happening: () => Promise<unknown>, load?: Partial<LabLoad>): Promise<Observation>;
}

export interface LabLoad {
  users: number;
  /** Requests per second. */
  rate: number;
  /** Seconds for which the load goes on when all is as before. */
  after: number;
}

export interface Setting {
  /** Standalone if not given. */
  topology?: RedisTopology;
  /** Lines of each server's configuration file. */
  configuration?: string[];
  /** Puts a link between the app and a standalone Redis. */
  isBehindLink?: boolean;
  /** Three at full scale if not given. */
  instances?: number;
  /** Environment variables of the instance at that index, as `cf set-env` sets them for all. */
  settings?: (index: number, directory: string) => Record<string, string>;
  /** How much load there is, and for how long; at full scale if not given. */
  plan?: Plan;
}

const LOAD: Load = { scenario: 'mixed', duration: 24 * 3600, rate: 100, users: 20 };
const INSTANCES = 3;
const AFTER = 8; // seconds
const LEAD = 1000; // milliseconds

/** Functions that close the labs that are open now. */
const closes = new Set<() => Promise<void>>();

/** On the first signal, closes all labs and ends the program; a later one ends it at once. */
export function stopLabsOnSignals(): void {
  const { signal } = stopOnSignals(() => process.exit(1));
  signal.addEventListener('abort', () => {
    const closed = Promise.all([...closes].map((close) => close()));
    void closed.finally(() => process.exit(1));
  });
}

/** Starts all of it, works in it, and clears it away. */
export async function inLab<Result>(
  setting: Setting,
  work: (lab: Lab) => Promise<Result>,
): Promise<Result> {
  silence();
  const { topology = 'standalone', configuration = [], isBehindLink } = setting;
  const { plan = FULL_SCALE } = setting;
  const directory = await mkdtemp(join(tmpdir(), 'faults-'));
  const servers = createServers(directory);
  const byName = new Map<string, Server>();
  const route = createRoute();
  const router = await startRouter({ route, processGuid: PROCESS_GUID, port: 0 });
  const instances = createInstances(launch, () => {});
  const origin = `http://${router.address}`;
  const ends: string[] = [];
  let link: Link | null = null;
  let app: App;
  let closing: Promise<void> | undefined;
  closes.add(close);
  try {
    const service = await bind();
    app = await push(service);
    await instances.scale(setting.instances ?? scaled(INSTANCES, plan, 2));
    const [redis] = byName.values();
    const facts = { origin, directory, instances, instance, ends, service, server, link };
    return await work({ ...facts, redis: redis!, underLoad: observe });
  } finally {
    await close();
    closes.delete(close);
  }

  function close(): Promise<void> {
    closing ??= clearAway();
    return closing;
  }

  async function clearAway() {
    await instances.stop();
    await servers.stop();
    link?.close();
    await router.close();
    await rm(directory, { recursive: true });
  }

  async function bind(): Promise<RedisService> {
    const service = await startRedis(topology, { ...servers, start });
    if (!isBehindLink) return service;
    link = await openLink(server('redis').port);
    return { ...service, credentials: { ...service.credentials, port: link.port } };
  }

  async function push({ credentials }: RedisService): Promise<App> {
    const home = process.cwd();
    const command = await readStartCommand(home);
    const limiter = await createLimiter({ memory: MEMORY });
    const { address } = router;
    return { command, home, directory, address, credentials, settings: {}, limiter };
  }

  async function start({ configuration: lines = [], ...rest }: ServerPlan): Promise<Server> {
    const started = await servers.start({ ...rest, configuration: [...lines, ...configuration] });
    byName.set(started.name, started);
    return started;
  }

  function server(name: string): Server {
    return byName.get(name)!;
  }

  function instance(index: number): Instance {
    return instances.list()[index]![0]!;
  }

  async function launch(index: number) {
    const settings = setting.settings?.(index, directory) ?? {};
    const started = await startInstance({ ...app, settings }, route, index);
    void started.ended.then((end) => ends.push(end));
    return started;
  }

  async function observe(
    happening: () => Promise<unknown>,
    {
      users = scaled(LOAD.users, plan, 4),
      rate = scaled(LOAD.rate, plan, 50),
      after = scaled(AFTER, plan, 1),
    }: Partial<LabLoad> = {},
  ): Promise<Observation> {
    const over = new AbortController();
    let mendedAt = 0;
    const load = { ...LOAD, users, rate };
    const observed = await underLoad(origin, load, happen, over.signal, directory);
    return { ...observed, mendedAt };

    async function happen() {
      try {
        await sleep(LEAD);
        await happening();
        mendedAt = performance.now();
        await sleep(1000 * after);
      } finally {
        over.abort();
      }
    }
  }
}
