/** Slots of a Cluster on the move, as an operator moves them: by redis-cli. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { HOST, type Server } from '../redis/servers.ts';

/** So many slots go, one by one and with their keys, from one primary to another. */
export async function moveSlots(from: Server, to: Server, count: number): Promise<void> {
  const [source, target] = await Promise.all([readId(from), readId(to)]);
  const words = ['--cluster', 'reshard', `${HOST}:${from.port}`, '--cluster-yes'];
  const which = ['--cluster-from', source, '--cluster-to', target, '--cluster-slots', `${count}`];
  const env = { ...process.env, REDISCLI_AUTH: from.password };
  await promisify(execFile)('redis-cli', [...words, ...which], { env, maxBuffer: Infinity });
}

/** Of which a primary says that they are its own. */
export async function countSlots(primary: Server): Promise<number> {
  const ranges = (await primary.ask('CLUSTER', 'SLOTS')) as [number, number, [string, number]][];
  return ranges
    .filter(([, , [, port]]) => port === primary.port)
    .reduce((sum, [first, last]) => sum + last - first + 1, 0);
}

async function readId(server: Server): Promise<string> {
  return String(await server.ask('CLUSTER', 'MYID'));
}
