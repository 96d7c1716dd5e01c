/** Starts Redis servers: each can be killed and started again, all are stopped together. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Problem } from '../command-line/problem.ts';
import { printerFor } from '../processes/output.ts';
import { findPort } from '../processes/port.ts';
import { type Process, startProcess } from '../processes/process.ts';
import { until } from '../processes/until.ts';
import type { Encryption } from './encryption.ts';

export const HOST = '127.0.0.1';

/** Long enough for a desk with busy processors. */
const TIMEOUT = 60 * 1000; // 60 seconds

/** Before each line of Redis' log: process, role, time and level. */
const PREFIX = /^\d+:\w \d+ \w+ \d+ [\d:.]+ ([.*#-]) /;
const WARNING = '#';
/** The second is Sentinel's. */
const READY = /Ready to accept connections|Sentinel ID is/;

const NOT_INSTALLED = `There is no redis-server on the PATH. Install one:

  apt-get install redis-server    on Debian and Ubuntu
  brew install redis              on macOS`;

interface Plan {
  name: string;
  /** Any free port if not given. */
  port?: number;
  /** Empty for none. */
  password?: string;
  /** Lines of its configuration file, after those that every server has. */
  configuration?: string[];
  /** Further arguments of redis-server. */
  words?: string[];
  isSentinel?: boolean;
  /** With TLS, the server takes no plain connections. */
  encryption?: Encryption | null;
  /** Comes before the command, as `taskset -c 1`. */
  prefix?: string[];
}

export interface Server {
  name: string;
  host: typeof HOST;
  port: number;
  /** Empty without one; another one after a rotation. */
  password: string;
  isSentinel: boolean;
  /** The one that runs, or ran last. */
  readonly process: Process;
  /** Sends one command over a connection of its own. Rejects while the server is away. */
  ask(command: string, ...args: (string | number)[]): Promise<unknown>;
  /** Ends it as a machine that fails: it announces nothing, and saves nothing. */
  kill(): Promise<void>;
  /** After it was killed, with further arguments. */
  startAgain(...words: string[]): Promise<void>;
}

type HandleCrash = (server: Server, end: string) => unknown;

export interface Servers {
  /** For the files of all servers. */
  directory: string;
  /** All that were started, by their names. */
  byName: ReadonlyMap<string, Server>;
  /** Resolves when the server accepts connections. Its files are in a directory of its own. */
  start(plan: Plan): Promise<Server>;
  /** Asks until the answer is neither false nor null; a server that does not answer is asked again. */
  until<Answer>(ask: () => Promise<Answer | false | null>, goal: string): Promise<Answer>;
  /** Rejects when a server ends by itself, unless `onCrash` is called. */
  crashed: Promise<never>;
  /** Has the function called, with how the server has ended, when a server ends by itself. */
  onCrash(handle: HandleCrash): void;
  /** Aborted as soon as the servers are to stop. */
  stopping: AbortSignal;
  stop(): Promise<void>;
}

export function createServers(directory: string): Servers {
  const byName = new Map<string, Server>();
  const launches = new Set<Promise<Process>>();
  /** Without those that were killed. */
  const running = new Set<Process>();
  const stopping = new AbortController();
  let handleCrash: HandleCrash;
  const crashed = new Promise<never>((_, reject) => {
    handleCrash = ({ name }, end) => reject(new Problem(`${name} ended by itself (${end}).`));
  });
  crashed.catch(() => {}); // not every caller waits for it

  return {
    directory,
    byName,
    start,
    until: untilAnswer,
    crashed,
    onCrash: (handle) => (handleCrash = handle),
    stopping: stopping.signal,
    stop,
  };

  async function start(plan: Plan): Promise<Server> {
    const { name, port = await findPort(0), password = '', isSentinel = false } = plan;
    const home = join(directory, name.replace('/', '-'));
    await mkdir(home, { recursive: true });
    // A file, as the arguments of a process can be read by every user of the machine
    const file = join(home, 'redis.conf');
    await writeFile(file, formatConfiguration(plan, port), { mode: 0o600 });
    const mode = isSentinel ? ['--sentinel'] : [];
    const command = [...(plan.prefix ?? []), 'redis-server', file, ...mode, ...(plan.words ?? [])];
    let child = await launch(name, home, command);

    const server: Server = {
      name,
      host: HOST,
      port,
      password,
      isSentinel,
      get process() {
        return child;
      },
      ask: (word, ...args) => ask({ ...plan, port, password: server.password }, word, args),
      kill: () => kill(child),
      async startAgain(...words) {
        child = await launch(name, home, [...command, ...words]);
      },
    };
    byName.set(name, server);
    return server;
  }

  async function launch(name: string, home: string, command: string[]): Promise<Process> {
    stopping.signal.throwIfAborted();
    const launched = startServer(name, home, command);
    launches.add(launched);
    const child = await launched;
    running.add(child);
    void child.ended.then((end) => {
      if (running.delete(child)) handleCrash(byName.get(name)!, end);
    });
    return child;
  }

  async function kill(child: Process): Promise<void> {
    running.delete(child);
    child.kill();
    await child.ended;
  }

  function untilAnswer<Answer>(request: () => Promise<Answer | false | null>, goal: string) {
    const attempt = () => {
      stopping.signal.throwIfAborted();
      return request().catch(() => null);
    };
    return until(`Redis ${goal}`, attempt, { limit: TIMEOUT, pause: 50 }) as Promise<Answer>;
  }

  async function stop() {
    stopping.abort(new Problem('The foundry stops.'));
    await Promise.allSettled(launches);
    // They have nothing to save; one that is asked to end may wait for a replica that hangs
    await Promise.all([...running].map(kill));
  }
}

/** The lines of redis.conf. */
export function formatConfiguration(plan: Plan, port: number): string {
  const { password, configuration = [], isSentinel, encryption } = plan;
  const lines = [`bind ${HOST}`, `port ${port}`];
  if (encryption) lines.push('port 0', `tls-port ${port}`, ...encryption.configuration);
  if (password) lines.push(`requirepass ${password}`);
  if (!isSentinel) lines.push('save ""', 'appendonly no');
  return [...lines, ...configuration, ''].join('\n');
}

/** Resolves when the server accepts connections. */
async function startServer(name: string, cwd: string, command: string[]): Promise<Process> {
  const log = watchLog(name);
  const child = await spawnServer(name, cwd, command, log.read);
  const failed = child.ended.then((end) => {
    throw new Problem(`${name} did not start (${end}):\n\n${log.text()}`);
  });
  await Promise.race([log.ready, failed]);
  return child;
}

async function spawnServer(
  name: string,
  cwd: string,
  [program, ...words]: string[],
  read: (line: string) => void,
) {
  const env = { PATH: process.env.PATH };
  try {
    return await startProcess({ name, command: [program!, ...words], cwd, env }, read);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new Problem(NOT_INSTALLED);
    throw error;
  }
}

/** Prints warnings, but only while Redis serves: at its start it warns each time. */
export function watchLog(name: string) {
  const print = printerFor(name);
  const start: string[] = [];
  let isServing = false;
  let becomeReady: () => void;
  const ready = new Promise<void>((resolve) => (becomeReady = resolve));

  return { ready, read, text: () => start.join('\n') };

  function read(line: string) {
    const level = PREFIX.exec(line)?.[1] ?? WARNING;
    if (isServing && level === WARNING) print(line.replace(PREFIX, ''));
    if (!isServing) start.push(line);
    if (READY.test(line)) {
      isServing = true;
      becomeReady();
    }
  }
}

type Address = Pick<Server, 'port' | 'password'> & Pick<Plan, 'encryption'>;

async function ask(
  { port, password, encryption }: Address,
  command: string,
  args: (string | number)[],
): Promise<unknown> {
  const redis = new Redis({
    host: HOST,
    port,
    password: password || undefined,
    tls: encryption ? { ca: encryption.ca } : undefined,
    lazyConnect: true,
    protocol: 2,
    enableReadyCheck: false,
    retryStrategy: () => null,
    socketTimeout: 1000, // milliseconds
  });
  redis.on('error', () => {}); // connect() and call() reject as well
  try {
    await redis.connect();
    return await redis.call(command, args);
  } finally {
    redis.disconnect();
  }
}
