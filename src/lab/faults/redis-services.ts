/** What is bound to the app of a lab, beside the foundry's own topologies. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { findPort } from '../processes/port.ts';
import { HOST, type Server, type Servers } from '../redis/servers.ts';
import { type Link, openLink } from './link.ts';

export const NAME = 'redis';

/** What is acknowledged is on disk. */
export const DURABLE = ['appendonly yes', 'appendfsync always'];

/** One server; the configuration is added to that of the foundry's. */
export async function startOne(servers: Servers, configuration: string[] = []): Promise<object> {
  const [port, password] = [await findPort(0), randomUUID()];
  await servers.start({ name: NAME, port, password, configuration });
  return { host: HOST, port, password };
}

/** One server behind a link. */
export async function startBehindLink(
  servers: Servers,
  configuration: string[] = [],
): Promise<{ credentials: object; link: Link }> {
  const [port, password] = [await findPort(0), randomUUID()];
  await servers.start({ name: NAME, port, password, configuration });
  const link = await openLink(port);
  return { credentials: { host: HOST, port: link.port, password }, link };
}

/** The server is there, but says nothing for so many milliseconds. */
export async function hang(server: Server, time: number): Promise<void> {
  const info = String(await server.ask('INFO', 'server'));
  const pid = Number(/process_id:(\d+)/.exec(info)![1]);
  process.kill(pid, 'SIGSTOP');
  await sleep(time);
  process.kill(pid, 'SIGCONT');
}

/** It is killed, and started again after so many milliseconds. */
export async function killForAWhile(server: Server, time: number): Promise<void> {
  await server.kill();
  await sleep(time);
  await server.startAgain();
}
