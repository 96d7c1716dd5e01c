/** Keeps the servers on one core, and Redis and the load generator on another. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface Pinning {
  isPinned: boolean;
  /** What to put before the command of a server. */
  server: string[];
  /** What to put before the commands of Redis and of the load generator. */
  others: string[];
}

const SERVER = ['taskset', '-c', '0'];
const OTHERS = ['taskset', '-c', '1'];

/** Pins nothing when there is no taskset, or when one of the two cores is not ours. */
export async function findPinning(): Promise<Pinning> {
  const isPinned = (await succeeds(SERVER)) && (await succeeds(OTHERS));
  return isPinned
    ? { isPinned, server: SERVER, others: OTHERS }
    : { isPinned, server: [], others: [] };
}

async function succeeds([command, ...rest]: string[]): Promise<boolean> {
  try {
    await promisify(execFile)(command!, [...rest, 'true']);
    return true;
  } catch {
    return false;
  }
}
