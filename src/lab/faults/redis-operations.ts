/** What an operator or a failure does to a Redis server. */
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { until } from '../processes/until.ts';
import { HOST, type Server } from '../redis/servers.ts';

/** Configuration of a server that has on disk what it has acknowledged. */
export const DURABLE = ['appendonly yes', 'appendfsync always'];

const PATIENCE = 60_000; // milliseconds

/** Kills the server and starts it again after `time` milliseconds. */
export async function killForAWhile(server: Server, time: number): Promise<void> {
  await server.kill();
  await sleep(time);
  await server.startAgain();
}

export async function countEvicted(server: Server): Promise<number> {
  const info = String(await server.ask('INFO', 'stats'));
  return Number(/evicted_keys:(\d+)/.exec(info)![1]);
}

/** Resolves when the Sentinels name another primary. */
export async function failOverAsPlanned(sentinel: Server): Promise<void> {
  const findPrimary = async () =>
    String(await sentinel.ask('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'redis-master'));
  const before = await findPrimary();
  await sentinel.ask('SENTINEL', 'FAILOVER', 'redis-master');
  await until('another primary', async () => (await findPrimary()) !== before, { limit: PATIENCE });
}

/** Moves slots of a Cluster with their keys, one by one, and returns how many have arrived. */
export async function moveSlots(from: Server, to: Server, count: number): Promise<number> {
  const [source, target] = await Promise.all([readId(from), readId(to)]);
  const before = await countSlots(to);
  const words = ['--cluster', 'reshard', `${HOST}:${from.port}`, '--cluster-yes'];
  const which = ['--cluster-from', source, '--cluster-to', target, '--cluster-slots', `${count}`];
  const env = { ...process.env, REDISCLI_AUTH: from.password };
  await promisify(execFile)('redis-cli', [...words, ...which], { env, maxBuffer: Infinity });
  return (await countSlots(to)) - before;
}

/** Counts those that a primary reports as its own. */
async function countSlots(primary: Server): Promise<number> {
  const ranges = (await primary.ask('CLUSTER', 'SLOTS')) as [number, number, [string, number]][];
  return ranges
    .filter(([, , [, port]]) => port === primary.port)
    .reduce((sum, [first, last]) => sum + last - first + 1, 0);
}

async function readId(server: Server): Promise<string> {
  return String(await server.ask('CLUSTER', 'MYID'));
}
