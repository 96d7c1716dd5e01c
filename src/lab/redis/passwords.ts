/** Changes the password of a Redis service in use: for a while, two passwords are right. */
import { randomUUID } from 'node:crypto';
import { Problem } from '../command-line/problem.ts';
import { MASTER_NAME } from './sentinel.ts';
import type { Server, Servers } from './servers.ts';

/** The user of a binding without a user name. */
const USER = 'default';

interface AddedPassword {
  /** Every server takes it, beside the one before. */
  password: string;
  /** Makes it the only one, and closes the clients' connections from before it was added. */
  revokeOthers: () => Promise<void>;
}

/**
 * Resolves when every server takes a new password. Replicas and Sentinels use it from their next
 * connection on; the Sentinels' own password stays. Throws a problem while a server is away.
 */
export async function addPassword({ byName }: Servers): Promise<AddedPassword> {
  const all = [...byName.values()];
  await Promise.all(all.map(refuseWhenAway));
  const servers = all.filter(({ isSentinel }) => !isSentinel);
  const sentinels = all.filter(({ isSentinel }) => isSentinel);
  const password = randomUUID();

  await askAll(servers, 'ACL', 'SETUSER', USER, `>${password}`);
  for (const server of servers) server.password = password;
  await askAll(servers, 'CONFIG', 'SET', 'masterauth', password);
  await askAll(servers, 'CONFIG', 'REWRITE'); // for a server that is killed and started again
  await askAll(sentinels, 'SENTINEL', 'SET', MASTER_NAME, 'auth-pass', password);
  const connections = await Promise.all(servers.map(listConnections));
  return { password, revokeOthers };

  async function revokeOthers() {
    await askAll(servers, 'CONFIG', 'SET', 'requirepass', password);
    await askAll(servers, 'CONFIG', 'REWRITE');
    // Redis asks for no password again on a connection that is open
    await Promise.all(servers.map((server, i) => closeConnections(server, connections[i]!)));
  }
}

async function refuseWhenAway(server: Server): Promise<void> {
  await server.ask('PING').catch(() => {
    throw new Problem(`${server.name} is away. Try again when it is back.`);
  });
}

async function askAll(servers: Server[], command: string, ...args: string[]): Promise<void> {
  await Promise.all(servers.map((server) => server.ask(command, ...args)));
}

/** Returns the ids of the connections of clients and Sentinels, without those between servers. */
async function listConnections(server: Server): Promise<string[]> {
  const types = ['normal', 'pubsub'].map((type) => server.ask('CLIENT', 'LIST', 'TYPE', type));
  const lines = (await Promise.all(types)).join('\n');
  return Array.from(lines.matchAll(/^id=(\d+)/gm), ([, id]) => id!);
}

async function closeConnections(server: Server, ids: string[]): Promise<void> {
  await Promise.all(ids.map((id) => server.ask('CLIENT', 'KILL', 'ID', id)));
}
