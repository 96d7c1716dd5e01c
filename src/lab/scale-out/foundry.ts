/** A foundry as a process of its own, which scales the app and kills its instances. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { CommandName } from '../foundry/arguments.ts';
import { send } from '../foundry/control/control.ts';
import { Problem } from '../command-line/problem.ts';

export type Foundry = Awaited<ReturnType<typeof startFoundry>>;

const PROGRAM = join(import.meta.dirname, '../../../dist/lab/foundry/foundry.js');
const ANNOUNCEMENT = /The app is up at (http:\/\/127\.0\.0\.1:(\d+)) /;

/** Resolves when the app is up, in one instance. */
export async function startFoundry(flags: string[]) {
  const words = [PROGRAM, '--port', '0', '--instances', '1', '--cpu', '0', ...flags];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const { origin, port } = await readAnnouncement(child.stdout);
  child.stdout.resume();

  return { origin, command, stop };

  /** Resolves when the foundry has done it. */
  async function command(name: CommandName, number: number): Promise<void> {
    await send({ command: name, number, port });
  }

  async function stop(): Promise<void> {
    child.kill('SIGTERM');
    await ended;
  }
}

async function readAnnouncement(output: NodeJS.ReadableStream) {
  const lines: string[] = [];
  for await (const line of createInterface({ input: output })) {
    const match = ANNOUNCEMENT.exec(line);
    if (match) return { origin: match[1]!, port: Number(match[2]) };
    lines.push(line);
  }
  throw new Problem(`The foundry did not start:\n${lines.join('\n')}`);
}
