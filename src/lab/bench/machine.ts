/** What the bench finds on this machine: the programs that it needs, and cores to pin them to. */
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { Problem } from '../command-line/problem.ts';
import type { Versions } from './results.ts';

/** Throws a problem with the command that installs a missing program. */
export function findTools(): Versions {
  return {
    node: process.versions.node,
    redis: findVersion('redis-server', '--version', 'redis-server'),
    wrk: findVersion('wrk', '-v', 'wrk'),
  };
}

function findVersion(command: string, option: string, debianPackage: string): string {
  // Its exit code says nothing: wrk prints its version, then fails because it has no URL
  const { error, stdout } = spawnSync(command, [option], { encoding: 'utf8' });
  if (error) {
    throw new Problem(
      `The bench needs ${command}, which is not in the PATH. Install it, for example with: ` +
        `sudo apt-get install ${debianPackage}`,
    );
  }
  return /\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? 'of unknown version';
}

export interface Pinning {
  isPinned: boolean;
  /** Comes before the command of a server. */
  server: string[];
  /** Comes before the commands of Redis and of the load generator. */
  others: string[];
}

const SERVER = ['taskset', '-c', '0'];
const OTHERS = ['taskset', '-c', '1'];

/** Pins nothing without taskset, or when one of the two cores is not ours. */
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
