/** One app instance, from its start to its end: on the route while it is ready. */
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { instanceEnvironment } from '../environment.ts';
import { untilHealthy, untilReady, watchReadiness } from '../health.ts';
import type { Limiter } from '../limits/limiter.ts';
import { printerFor } from '../../processes/output.ts';
import { findPort } from '../../processes/port.ts';
import { Problem } from '../../command-line/problem.ts';
import type { Route } from '../router/route.ts';

/** The app, as it was pushed. */
export interface App {
  /** The command of its `web` process. */
  command: string;
  /** The directory in which it was unpacked. */
  home: string;
  /** For the temporary files of its instances. */
  directory: string;
  /** Host and port of the router. */
  address: string;
  /** The credentials of the Redis that is bound to it. */
  credentials: object;
  settings: Record<string, string>;
  limiter: Limiter;
}

export interface Instance {
  index: number;
  guid: string;
  port: number;
  pid: number;
  state: 'starting' | 'running' | 'not ready' | 'draining';
  /** When it came to be in this state. */
  since: Date;
  /** Rejects when it ends, or does not get ready, instead. */
  ready: Promise<void>;
  /** Resolves to how it ended, as "exit code 1". */
  ended: Promise<string>;
  /** Off the route first, then SIGTERM, and SIGKILL to one that does not drain. */
  stop(): Promise<void>;
  kill(): void;
}

export async function startInstance(app: App, route: Route, index: number): Promise<Instance> {
  const name = `app/${index}`;
  const guid = randomUUID();
  const port = await findPort(0);
  const url = `http://127.0.0.1:${port}`;
  const child = await startApp(app, { name, index, guid, port });

  const leaving = new AbortController();
  const { pid, ended } = child;
  void ended.then(leave);
  const ready = becomeReady();
  ready.catch(() => {}); // nothing may wait for it
  const facts = { index, guid, port, pid, state: 'starting' as const, since: new Date() };
  const instance: Instance = { ...facts, ready, ended, stop, kill: () => child.kill() };
  return instance;

  async function becomeReady() {
    try {
      await untilHealthy(url, leaving.signal);
      await untilReady(url, leaving.signal);
    } catch (error) {
      throw leaving.signal.aborted
        ? new Problem(`${name} ended by itself (${await ended}).`)
        : error;
    }
    await report(true);
    void watchReadiness(url, leaving.signal, report);
  }

  async function report(isReady: boolean) {
    enter(isReady ? 'running' : 'not ready');
    await (isReady ? route.register(instance) : route.unregister(instance));
  }

  function enter(state: Instance['state']) {
    if (state !== instance.state) Object.assign(instance, { state, since: new Date() });
  }

  async function leave() {
    leaving.abort();
    await route.unregister(instance);
  }

  async function stop() {
    enter('draining');
    await leave();
    await child.stop();
  }
}

interface Place {
  name: string;
  index: number;
  guid: string;
  port: number;
}

async function startApp(app: App, { name, index, guid, port }: Place) {
  const { command, home, address, credentials, settings, limiter } = app;
  const temporaryDirectory = join(app.directory, `app-${index}-${guid}`);
  await mkdir(temporaryDirectory);

  const place = { index, guid, port, home, temporaryDirectory, address };
  const env = instanceEnvironment(place, credentials, settings);
  return limiter.start(
    { name, command: ['bash', '-c', command], cwd: home, env },
    printerFor(name),
  );
}
