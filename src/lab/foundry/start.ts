/** Starts a foundry: a Redis service, an app that is bound to it, and a router in front of the app. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { printerFor } from '../processes/output.ts';
import { createServers, type Servers } from '../redis/servers.ts';
import { MEMORY, PROCESS_GUID } from './environment.ts';
import { startInstance } from './instances/instance.ts';
import { createInstances, type Instances } from './instances/instances.ts';
import { createLimiter, type Limiter } from './limits/limiter.ts';
import { readStartCommand } from './procfile.ts';
import { THIS_MACHINE } from './router/configuration.ts';
import { startRouter } from './router/router.ts';

export interface Service {
  /** As a broker writes them. An instance gets those that are here when it starts. */
  credentials: object;
}

export interface Options<Bound extends Service> {
  /** Where the router listens; at any free port if not given. */
  port?: number;
  /** An address at which the router listens, besides 127.0.0.1. */
  host?: string;
  /** Whether the router hands on what the app's page asks of the foundry: see page-control.ts. */
  hasPageControl?: boolean;
  /** Starts the service that is bound to the app. */
  bind: (servers: Servers) => Promise<Bound>;
  /** The variables that `cf set-env` would set; those of one instance only, by its index. */
  settings?: (index: number) => Record<string, string>;
  /** The share of a core that each instance has, as 0.2; no limit if not given. */
  cpu?: number;
  /** Receives how each instance has ended, as `signal SIGKILL`. */
  onEnd?: (end: string) => void;
  /** Aborted, it ends the foundry: the promise rejects with the reason of the signal. */
  signal?: AbortSignal;
}

export interface Foundry<Bound extends Service = Service> {
  port: number;
  /** Host and port of the router. */
  address: string;
  /** The id of the router's process. */
  routerPid: number;
  /** The socket at which the router finds the page's controls. */
  pageControlPath: string;
  service: Bound;
  servers: Servers;
  /** None at first. */
  instances: Instances;
  limiter: Limiter;
  /** For temporary files. It is removed with the foundry. */
  directory: string;
}

/**
 * Starts a foundry of the app in the working directory, runs `work` with it, and leaves nothing
 * behind. Rejects as `work` does, and when the router or a Redis server ends by itself.
 */
export async function withFoundry<Bound extends Service, Result>(
  options: Options<Bound>,
  work: (foundry: Foundry<Bound>) => Promise<Result>,
): Promise<Result> {
  const stops: (() => unknown)[] = [];
  try {
    return await start(options, stops, work);
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}

async function start<Bound extends Service, Result>(
  options: Options<Bound>,
  stops: (() => unknown)[],
  work: (foundry: Foundry<Bound>) => Promise<Result>,
): Promise<Result> {
  const { bind, settings = () => ({}), cpu = 0, onEnd = () => {}, signal } = options;
  const home = process.cwd();
  const command = await readStartCommand(home);

  const directory = await mkdtemp(join(tmpdir(), 'foundry-'));
  stops.push(() => rm(directory, { recursive: true }));

  const router = await startRouter({
    port: options.port ?? 0,
    host: options.host ?? THIS_MACHINE,
    hasPageControl: options.hasPageControl ?? false,
    processGuid: PROCESS_GUID,
    directory: join(directory, 'router'),
  });
  const { address, route } = router;
  stops.push(router.close);

  const servers = createServers(directory);
  stops.push(() => servers.stop());
  const end = Promise.race([untilAborted(signal, stops), router.crashed, servers.crashed]);
  const service = await Promise.race([bind(servers), end]);

  const limiter = await createLimiter({ memory: MEMORY, cpu });
  const app = { command, home, directory, address, limiter };
  const instances = createInstances(launch, printerFor('foundry'));
  stops.push(instances.stop);

  const { port: routerPort, pid: routerPid, pageControlPath } = router;
  const foundry = {
    port: routerPort,
    address,
    routerPid,
    pageControlPath,
    service,
    servers,
    instances,
    limiter,
    directory,
  };
  return Promise.race([work(foundry), end]);

  async function launch(index: number) {
    const { credentials } = service;
    const variables = { credentials, settings: settings(index) };
    const instance = await startInstance({ ...app, ...variables }, route, index);
    void instance.ended.then(onEnd);
    return instance;
  }
}

/** Rejects when the signal is aborted, and listens to it no longer than until the foundry stops. */
function untilAborted(signal: AbortSignal | undefined, stops: (() => unknown)[]): Promise<never> {
  const stopping = new AbortController();
  stops.push(() => stopping.abort());
  const aborted = new Promise<never>((_, reject) => {
    const abort = () => reject(signal!.reason as Error);
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { signal: stopping.signal });
  });
  aborted.catch(() => {}); // nothing may wait for it at that moment
  return aborted;
}
