/** One instance on the route and off it. Its process is a server of the test, which says whether it is ready. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, startInstance } from '../../../src/lab/foundry/instances/instance.ts';
import type { Route } from '../../../src/lab/foundry/router/route.ts';
import { until } from '../../support/until.ts';

let directory: string;
let log: string[];
let readiness: number;
let asked: number;
let server: Server;
let end: (how: string) => void;
let app: App;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'instance-'));
  [log, readiness, asked] = [[], 200, 0];
  const start: App['limiter']['start'] = async ({ name, env }) => {
    server = createServer(({ url }, response) => {
      if (url === '/status/ready') asked++;
      response.writeHead(url === '/status/ready' ? readiness : 200).end();
    }).listen(Number(env.PORT), '127.0.0.1');
    const ended = new Promise<string>((resolve) => (end = resolve));
    const stop = async () => void log.push('stop');
    return { name, pid: process.pid, isRunning: () => true, ended, stop, kill() {} };
  };
  const limiter = { start } as App['limiter'];
  const place = { home: directory, directory, address: '127.0.0.1:8080' };
  app = { command: 'node', credentials: {}, settings: {}, limiter, ...place };
});
afterEach(async () => {
  end('exit code 0'); // it is watched no longer
  server.closeAllConnections();
  server.close();
  await rm(directory, { recursive: true });
});

const route = {
  register: async () => void log.push('register'),
  unregister: async () => void log.push('unregister'),
} as unknown as Route;

describe('an instance', () => {
  it('is on the route while it is ready, and knows since when it is as it is', async () => {
    const instance = await startInstance(app, route, 0);
    expect(instance.state).toBe('starting');
    await instance.ready;
    const { state, since } = instance;
    const before = asked;
    await until('it is asked again', () => asked >= before + 2);

    expect([state, instance.state, instance.since]).toEqual(['running', 'running', since]);
    expect(new Set(log)).toEqual(new Set(['register']));
    readiness = 503;
    await until('it is not ready', () => instance.state === 'not ready');
    expect(log.at(-1)).toBe('unregister');
    expect(instance.since.getTime()).toBeGreaterThan(since.getTime());
  });

  it('is off the route before it is told to stop', async () => {
    const instance = await startInstance(app, route, 0);
    await instance.ready;
    log.length = 0;
    await instance.stop();

    expect(log).toEqual(['unregister', 'stop']);
    expect(instance.state).toBe('draining');
  });

  it('that ends before it is ready says how', async () => {
    readiness = 503;
    const { ready } = await startInstance(app, route, 7);
    end('exit code 3');

    await expect(ready).rejects.toThrow('app/7 ended by itself (exit code 3).');
    expect(log).toEqual(['unregister']);
  });
});
