/** Several real Redis processes that belong together. */
import { spawn } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { startRedis } from './redis-server.ts';

export const PASSWORD = 's3cret';
export const SENTINEL_PASSWORD = 's3ntinel';

/** A primary and its replica, once the replica has its first data. */
export async function startReplicated() {
  const noDelay = ['--repl-diskless-sync-delay', '0'];
  const primary = await startRedis({ password: PASSWORD, args: noDelay });
  const args = ['--replicaof', `127.0.0.1 ${primary.port}`, '--masterauth', PASSWORD];
  const replica = await startRedis({ password: PASSWORD, args });
  const client = new Redis({ port: replica.port, password: PASSWORD });
  await untilInfo(client, /master_link_status:up/);
  client.disconnect();
  return { primary, replica };
}

/** Three sentinels that watch a primary with one replica, all with passwords. */
export async function startSentinels(masterName: string) {
  const { primary, replica } = await startReplicated();
  const directory = await mkdtemp(join(tmpdir(), 'sentinels-'));
  const sentinels = await Promise.all([1, 2, 3].map(startSentinel));
  return { primary, replica, sentinels };

  async function startSentinel(number: number) {
    const file = join(directory, `${number}.conf`);
    await writeFile(
      file,
      [
        `sentinel monitor ${masterName} 127.0.0.1 ${primary.port} 2`,
        `sentinel auth-pass ${masterName} ${PASSWORD}`,
        `sentinel down-after-milliseconds ${masterName} 500`,
        `requirepass ${SENTINEL_PASSWORD}`,
        `sentinel sentinel-pass ${SENTINEL_PASSWORD}`,
      ].join('\n'),
    );
    return startRedis({ configFile: file, args: ['--sentinel'] });
  }
}

/** Three primaries that share the slots. */
export async function startCluster() {
  const args = ['--cluster-enabled', 'yes'];
  const nodes = await Promise.all([1, 2, 3].map(() => startRedis({ password: PASSWORD, args })));
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
  const options = ['-a', PASSWORD, '--no-auth-warning', '--cluster-yes'];
  const create = spawn('redis-cli', [...options, '--cluster', 'create', ...addresses]);
  await new Promise((resolve) => create.once('exit', resolve));
  for (const { port } of nodes) {
    const client = new Redis({ port, password: PASSWORD });
    await untilInfo(client, /cluster_state:ok/, () => client.cluster('INFO'));
    client.disconnect();
  }
  return nodes;
}

/** Asks until the server is as wanted: it has no event for that. */
async function untilInfo(
  client: Redis,
  wanted: RegExp,
  ask: () => Promise<string> = () => client.info('replication'),
): Promise<void> {
  while (!wanted.test(await ask()));
}
