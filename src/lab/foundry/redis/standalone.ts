/** One server of the walk-through's plan: with a password, on loopback, in memory only. */
import { randomUUID } from 'node:crypto';
import { findPort } from '../port.ts';
import { Problem } from '../../command-line/problem.ts';
import type { RedisService } from './service.ts';
import { HOST, type Servers } from './servers.ts';

export async function startStandalone(
  servers: Servers,
  configuration: string[] = [],
): Promise<RedisService> {
  const [port, password] = [await findPort(0), randomUUID()];
  await servers.start({ name: 'redis', port, password, configuration });
  return { credentials: { host: HOST, password, port }, failOver: refuseFailOver };
}

/** Of one server alone. */
export async function refuseFailOver(): Promise<never> {
  throw new Problem(
    'This Redis is one server: nothing could take over. Start the foundry with --redis sentinel or --redis cluster.',
  );
}
