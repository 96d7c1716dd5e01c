/** The app under load, with everything around it that can break. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stopOnSignals } from '../command-line/stopping.ts';
import { MEMORY, PROCESS_GUID } from '../foundry/environment.ts';
import { type App, startInstance } from '../foundry/instances/instance.ts';
import { createInstances, type Instances } from '../foundry/instances/instances.ts';
import { createLimiter } from '../foundry/limits/limiter.ts';
import { silence } from '../processes/output.ts';
import { readStartCommand } from '../foundry/procfile.ts';
import { createServers, type Server, type Servers } from '../redis/servers.ts';
import { createRoute } from '../foundry/router/route.ts';
import { startRouter } from '../foundry/router/router.ts';
import { type Load, underLoad } from '../load-test/under-load.ts';
import { FULL_SCALE, type Plan, scaled } from './fault.ts';
import type { Observation } from './observation.ts';

export interface Lab {
  origin: string;
  instances: Instances;
  /** How instances have ended so far, as `signal SIGKILL`; those that a fault killed are among them. */
  ends: string[];
  /** By their names: `redis`, `redis/0`, `sentinel/0` and so on. */
  redis: Map<string, Server>;
  /**
   * Puts load on the app; what happens begins a second later. The load goes on when it has happened,
   * to see what comes of it. Resolves when that is over too.
   */
  underLoad: (happening: () => Promise<unknown>, load?: Partial<LabLoad>) => Promise<Observation>;
}

interface LabLoad {
  users: number;
  /** Requests per second. */
  rate: number;
  /** Seconds for which it goes on. */
  after: number;
}

export interface Setting {
  /** Starts what is bound to the app, and returns the credentials. */
  bind(servers: Servers): Promise<object>;
  /** Three at full scale if not given. */
  instances?: number;
  /** What `cf set-env` would have set; of one instance only, by its index. */
  settings?: (index: number) => Record<string, string>;
  /** How much load there is, and for how long; at full scale if not given. */
  plan?: Plan;
}

const LOAD: Load = { scenario: 'mixed', duration: 24 * 3600, rate: 100, users: 20 };
const INSTANCES = 3;
const AFTER = 8; // seconds
const LEAD = 1000; // milliseconds

/** What clears away each lab that is open now. */
const open = new Set<() => Promise<void>>();

/** On the first signal, clears everything away and ends the program; a later one ends it at once. */
export function stopLabsOnSignals(): void {
  const { signal } = stopOnSignals(() => process.exit(1));
  signal.addEventListener('abort', () => {
    const closed = Promise.all([...open].map((close) => close()));
    void closed.finally(() => process.exit(1));
  });
}

/** Builds it, lets somebody work in it, and clears all of it away. */
export async function inLab<Result>(
  setting: Setting,
  work: (lab: Lab) => Promise<Result>,
): Promise<Result> {
  silence();
  const directory = await mkdtemp(join(tmpdir(), 'faults-'));
  const servers = createServers(directory);
  const redis = new Map<string, Server>();
  const route = createRoute();
  const router = await startRouter({ route, processGuid: PROCESS_GUID, port: 0 });
  const instances = createInstances(launch, () => {});
  const ends: string[] = [];
  const { plan = FULL_SCALE } = setting;
  let app: App;
  let closing: Promise<void> | undefined;
  open.add(close);
  try {
    app = await push();
    await instances.scale(setting.instances ?? scaled(INSTANCES, plan, 2));
    const origin = `http://${router.address}`;
    return await work({ origin, instances, ends, redis, underLoad: observe });
  } finally {
    await close();
    open.delete(close);
  }

  function close(): Promise<void> {
    closing ??= clearAway();
    return closing;
  }

  async function clearAway() {
    await instances.stop();
    await servers.stop();
    await router.close();
    await rm(directory, { recursive: true });
  }

  async function push(): Promise<App> {
    const home = process.cwd();
    return {
      command: await readStartCommand(home),
      home,
      directory,
      address: router.address,
      credentials: await setting.bind({ ...servers, start }),
      settings: {},
      limiter: await createLimiter({ memory: MEMORY }),
    };
  }

  async function start(plan: Parameters<Servers['start']>[0]): Promise<Server> {
    const server = await servers.start(plan);
    redis.set(server.name, server);
    return server;
  }

  async function launch(index: number) {
    const settings = setting.settings?.(index) ?? {};
    const instance = await startInstance({ ...app, settings }, route, index);
    void instance.ended.then((end) => ends.push(end));
    return instance;
  }

  async function observe(
    happening: () => Promise<unknown>,
    load: Partial<LabLoad> = {},
  ): Promise<Observation> {
    const { users = scaled(LOAD.users, plan, 4), rate = scaled(LOAD.rate, plan, 50) } = load;
    const { after = scaled(AFTER, plan, 1) } = load;
    const over = new AbortController();
    let mendedAt = 0;
    const happen = async () => {
      try {
        await sleep(LEAD);
        await happening();
        mendedAt = performance.now();
        await sleep(1000 * after);
      } finally {
        over.abort();
      }
    };
    const origin = `http://${router.address}`;
    const constant = { ...LOAD, users, rate };
    const observed = await underLoad(origin, constant, happen, over.signal, directory);
    return { ...observed, mendedAt };
  }
}
