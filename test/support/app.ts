/** The app inside the test's own process, on a loopback port. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import request from 'supertest';
import { createApp } from '../../src/app.ts';
import { createHttpServer } from '../../src/http/server.ts';
import { createInstances } from '../../src/instances/instances.ts';
import { createTraffic } from '../../src/http/request-counts.ts';
import type { Environment } from '../../src/cloudfoundry/sources.ts';
import { readConfig } from '../../src/config.ts';
import type { Health } from '../../src/http/health.ts';
import { constantHeaders } from '../../src/http/listener.ts';
import { linkRedis } from '../../src/redis/connect.ts';
import { stopAtEnd } from './cleanup.ts';

/** Starts the app in the environment that the platform would give it, until the suite ends. */
export async function startApp(env: Environment) {
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  const config = readConfig(env);
  const health: Health = { state: 'ready' };
  const link = await linkRedis(config, log);
  const traffic = createTraffic();
  const instances = createInstances({ config, link, traffic, log });
  const server = createHttpServer(
    createApp({ config, link, instances, traffic, health, log }),
    constantHeaders(config.instance),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  instances?.join();
  const { port } = server.address() as AddressInfo;

  const app = {
    http: request(`http://127.0.0.1:${port}`),
    port,
    health,
    link,
    /** What the app has logged. */
    lines,
    async stop() {
      if (link.availability.isAvailable) await instances?.leave();
      for (const client of [link.client, link.replica, link.confirmed?.writer])
        client?.disconnect();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  stopAtEnd(() => app.stop());
  return app;
}

export type App = Awaited<ReturnType<typeof startApp>>;

/** VCAP_SERVICES with one service, in the shape of the broker that the walk-through uses. */
export function bound(credentials: object, label = 'redis-sb'): Environment {
  const service = {
    label,
    plan: 'shared-vm',
    name: 'redis-service-instance',
    instance_name: 'redis-service-instance',
    tags: [],
    credentials,
  };
  return { VCAP_SERVICES: JSON.stringify({ [label]: [service] }) };
}
