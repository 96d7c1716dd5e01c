/** The app under load on a foundry of its own, with everything around it that can break. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Instance } from '../foundry/instances/instance.ts';
import type { Instances } from '../foundry/instances/instances.ts';
import { withFoundry } from '../foundry/start.ts';
import { type Load, underLoad } from '../load-test/under-load.ts';
import { silence } from '../processes/output.ts';
import type { RedisService } from '../redis/fail-over.ts';
import type { Server, Servers } from '../redis/servers.ts';
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
}

interface Conditions extends Setting {
  /** How much load there is, and for how long; at full scale if not given. */
  plan?: Plan;
  /** Aborted, it clears all away and ends the program. */
  signal: AbortSignal;
}

const LOAD: Load = { scenario: 'mixed', duration: 24 * 3600, rate: 100, users: 20 };
const INSTANCES = 3;
const AFTER = 8; // seconds
const LEAD = 1000; // milliseconds

/** Starts all of it, runs `work` in it, and clears it away. */
export async function inLab<Result>(
  { plan = FULL_SCALE, signal, instances: count, settings = () => ({}), ...redis }: Conditions,
  work: (lab: Lab) => Promise<Result>,
): Promise<Result> {
  silence();
  const ends: string[] = [];
  let bound: Bound | undefined;
  const options = {
    bind: async (servers: Servers) => (bound = await bindRedis(servers, redis)),
    settings: (index: number) => settings(index, bound!.directory),
    onEnd: (end: string) => void ends.push(end),
    signal,
  };
  try {
    return await withFoundry(
      options,
      async ({ address, directory, service, servers, instances }) => {
        await instances.scale(count ?? scaled(INSTANCES, plan, 2));
        const origin = `http://${address}`;
        const server = (name: string) => servers.byName.get(name)!;
        const [first] = servers.byName.values();
        return work({
          ...{ origin, directory, instances, ends, service, server },
          redis: first!,
          link: service.link,
          instance: (index) => instances.list()[index]![0]!,
          underLoad: (happening, load) =>
            observe(origin, happening, { load, plan, directory, signal }),
        });
      },
    );
  } finally {
    bound?.link?.close();
    if (signal.aborted) process.exit(1); // whatever the load and the fault are waiting for
  }
}

interface Bound extends RedisService {
  directory: string;
  link: Link | null;
}

async function bindRedis(
  servers: Servers,
  { topology = 'standalone', configuration: further = [], isBehindLink }: Setting,
): Promise<Bound> {
  const start: Servers['start'] = ({ configuration = [], ...rest }) =>
    servers.start({ ...rest, configuration: [...configuration, ...further] });
  const service = await startRedis(topology, { ...servers, start });
  const link = isBehindLink ? await openLink(servers.byName.get('redis')!.port) : null;
  const credentials = { ...service.credentials, ...(link ? { port: link.port } : {}) };
  return { ...service, credentials, directory: servers.directory, link };
}

interface Circumstances {
  load?: Partial<LabLoad>;
  plan: Plan;
  directory: string;
  signal: AbortSignal;
}

async function observe(
  origin: string,
  happening: () => Promise<unknown>,
  { load = {}, plan, directory, signal }: Circumstances,
): Promise<Observation> {
  const { users = scaled(LOAD.users, plan, 4), rate = scaled(LOAD.rate, plan, 50) } = load;
  const { after = scaled(AFTER, plan, 1) } = load;
  const over = new AbortController();
  const end = AbortSignal.any([over.signal, signal]);
  let mendedAt = 0;
  const observed = await underLoad(origin, { ...LOAD, users, rate }, happen, end, directory);
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
