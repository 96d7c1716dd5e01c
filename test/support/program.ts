/** Starts the program that the platform starts, as a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Environment } from '../../src/cloudfoundry/sources.ts';
import { stopAtEnd } from './cleanup.ts';
import { freePort } from './redis-server.ts';

const ROOT = join(__dirname, '../..');
const [, COMMAND] = /^web: (.*)/.exec(readFileSync(join(ROOT, 'Procfile'), 'utf8'))!;
const ENVIRONMENT = { HOME: ROOT, PATH: process.env.PATH, LISTEN_ADDRESS: '127.0.0.1' };

/** Resolves when the program listens, or has ended. `directory` has the app, or a copy of it. */
export async function startProgram(env: Environment, directory = ROOT) {
  const port = await freePort();
  const child = spawn('sh', ['-c', `exec ${COMMAND}`], {
    cwd: directory,
    env: { ...ENVIRONMENT, PORT: String(port), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const lines: string[] = [];
  const listening = new Promise<void>((resolve) => {
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on('line', (line) => {
        lines.push(line);
        if (line.includes(' listens on port ')) resolve();
      });
    }
  });
  stopAtEnd(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  await Promise.race([listening, exited]);
  return { url: `http://127.0.0.1:${port}`, port, child, exited, lines };
}
