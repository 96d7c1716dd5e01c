/** The app inside the test's own process, on a loopback port. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import request from 'supertest';
import type { Hashing } from '../../src/accounts/passwords.ts';
import { createApp } from '../../src/app.ts';
import type { Environment } from '../../src/cloudfoundry/sources.ts';
import { readConfig } from '../../src/config.ts';
import { stopAtEnd } from './cleanup.ts';

/** A hash takes a hundredth of the work. */
const QUICK: Hashing = { N: 2 ** 10, r: 8, p: 1 };

/**
 * Starts the app in the environment that the platform would give it, until the suite ends. Passwords
 * are hashed with little work, except where that work is what is tested.
 */
export async function startApp(env: Environment, hashing = QUICK) {
  const lines: string[] = [];
  const running = await createApp(readConfig(env), (line) => void lines.push(line), hashing);
  const { server, redis, availability, health } = running;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  running.start();
  const { port } = server.address() as AddressInfo;

  const app = {
    redis,
    availability,
    health,
    http: request(`http://127.0.0.1:${port}`),
    port,
    /** What the app has logged. */
    lines,
    drain: () => running.drain(),
    async stop() {
      if (availability.isAvailable) await running.drain();
      await running.close();
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
