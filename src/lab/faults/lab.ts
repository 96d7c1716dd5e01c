/** The app under load on a foundry of its own, with everything around it that can break. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Instance } from '../foundry/instances/instance.ts';
import { type Foundry, withFoundry } from '../foundry/start.ts';
import { type Load, underLoad as putUnderLoad } from '../load-test/under-load.ts';
import { silence } from '../processes/output.ts';
import type { RedisService } from '../redis/fail-over.ts';
import type { Server, Servers } from '../redis/servers.ts';
import { type RedisTopology, startRedis } from '../redis/topologies.ts';
import { type Link, openLink } from './link.ts';
import type { Observation } from './observation.ts';
import { FULL_SCALE, type Plan, scaled } from './plan.ts';

export interface Lab extends Foundry<Bound> {
  origin: string;
  /** How instances have ended so far, as `signal SIGKILL`, including those that a fault killed. */
  ends: string[];
  /** Returns the only instance at that index. */
  instance: (index: number) => Instance;
  /** The only server of a standalone Redis, the first one of others. */
  redis: Server;
  /** Returns the server of that name, as `redis/1` or `sentinel/0`. */
  server: (name: string) => Server;
  /**
   * Puts load on the app. `happening` begins a second later; when it is over, the load goes on for
   * some time, to see what comes of it.
   */
  underLoad: (happening: () => Promise<unknown>, load?: Partial<LabLoad>) => Promise<Observation>;
}

/** The Redis that is bound to the app. */
interface Bound extends RedisService {
  directory: string;
  /** Between app and Redis, where the setting asks for it. */
  link: Link | null;
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

export interface Conditions {
  /** How much load there is, and for how long; at full scale if not given. */
  plan?: Plan;
  /** Environment variables of all instances. */
  variables?: Record<string, string>;
  /** Aborted, it clears all away and ends the program. */
  signal: AbortSignal;
}

const LOAD = { scenario: 'mixed', duration: 24 * 3600, rate: 100, users: 20 } satisfies Load;
const INSTANCES = 3;
const AFTER = 8; // seconds
const LEAD = 1000; // milliseconds

/** Starts all of it, runs `work` in it, and clears it away. */
export async function inLab<Result>(
  {
    plan = FULL_SCALE,
    variables = {},
    signal,
    instances: count,
    settings = () => ({}),
    ...redis
  }: Conditions & Setting,
  work: (lab: Lab) => Promise<Result>,
): Promise<Result> {
  silence();
  const ends: string[] = [];
  let bound: Bound | undefined;
  const options = {
    bind: async (servers: Servers) => (bound = await bindRedis(servers, redis)),
    settings: (index: number) => ({ ...variables, ...settings(index, bound!.directory) }),
    onEnd: (end: string) => void ends.push(end),
    signal,
  };
  try {
    return await withFoundry(options, async (foundry) => {
      const { address, directory, instances, servers } = foundry;
      await instances.scale(count ?? scaled(INSTANCES, plan, 2));
      const origin = `http://${address}`;
      const server = (name: string) => servers.byName.get(name)!;
      const redis = server('redis') ?? server('redis/0');
      const instance = (index: number) => instances.list()[index]![0]!;
      const underLoad: Lab['underLoad'] = (happening, load) =>
        observe(origin, happening, { ...scaleLoad(plan), ...load, directory, signal });
      return work({ ...foundry, origin, ends, instance, redis, server, underLoad });
    });
  } finally {
    bound?.link?.close();
    if (signal.aborted) process.exit(1); // whatever the load and the fault are waiting for
  }
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

function scaleLoad(plan: Plan): LabLoad {
  return {
    users: scaled(LOAD.users, plan, 4),
    rate: scaled(LOAD.rate, plan, 50),
    after: scaled(AFTER, plan, 1),
  };
}

async function observe(
  origin: string,
  happening: () => Promise<unknown>,
  { users, rate, after, directory, signal }: LabLoad & { directory: string; signal: AbortSignal },
): Promise<Observation> {
  const over = new AbortController();
  const end = AbortSignal.any([over.signal, signal]);
  let mendedAt = 0;
  const observed = await putUnderLoad(origin, { ...LOAD, users, rate }, happen, end, directory);
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
