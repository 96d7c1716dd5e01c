/** Kills what a program has started when the program can do so no more, as after SIGKILL. */
import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';

/**
 * Reads the ids of all process groups, a line at each change, and kills those of the last line at
 * the end of the file: only the program holds the other end. In the background of a shell that ends
 * at once, it is no child of the program.
 */
const REAPER = `{
  while read -r line; do groups=$line; done
  for group in $groups; do kill -9 "-$group"; done
} <&3 &`;

let pipe: Socket | undefined;

/** Has these process groups, and no others, killed when this program ends, however it ends. */
export function reapAtEnd(groups: number[]): void {
  pipe ??= startReaper();
  pipe.write(`${groups.join(' ')}\n`);
}

function startReaper(): Socket {
  const child = spawn('/bin/sh', ['-c', REAPER], {
    detached: true, // out of reach of the terminal's Ctrl-C
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  child.unref();
  const input = child.stdio[3] as Socket;
  input.on('error', () => {}); // the reaper was killed
  input.unref();
  return input;
}
