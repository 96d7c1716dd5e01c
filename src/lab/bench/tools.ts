/** The programs that the bench needs beside Node, and how to install them. */
import { spawnSync } from 'node:child_process';
import { Problem } from '../command-line/problem.ts';
import type { Versions } from './results.ts';

/** Throws with a sentence that repairs it where one is missing. */
export function findTools(): Versions {
  return {
    node: process.versions.node,
    redis: findVersion('redis-server', '--version', 'redis-server'),
    wrk: findVersion('wrk', '-v', 'wrk'),
  };
}

function findVersion(command: string, option: string, debianPackage: string): string {
  // Not asked for its exit code: wrk tells its version and then fails for want of a URL.
  const { error, stdout } = spawnSync(command, [option], { encoding: 'utf8' });
  if (error) {
    throw new Problem(
      `The bench needs ${command}, which is not in the PATH. Install it, for example with: ` +
        `sudo apt-get install ${debianPackage}`,
    );
  }
  return /\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? 'of unknown version';
}
