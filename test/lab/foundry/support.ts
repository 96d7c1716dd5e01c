/** Starts foundries, tells them what to do, and keeps asking their apps. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../support/until.ts';

export const ROOT = join(import.meta.dirname, '../../..');
/** An app of a few lines, that tells what it was asked. */
const TELLING_APP = join(import.meta.dirname, 'app');

/** From its source, or as `npm run foundry` compiles it. */
const TSX = join(ROOT, 'node_modules/tsx/dist/loader.mjs');
const SOURCE = ['--import', TSX, join(ROOT, 'src/lab/foundry/foundry.ts')];
export const COMPILED = [join(ROOT, 'dist/lab/foundry/foundry.js')];

/** Shorter than Jest's, whose message would not say what was waited for. */
const PATIENCE = 50_000; // milliseconds

const ANNOUNCEMENT = /The app is up at (http:\/\/127\.0\.0\.1:(\d+))/;

export type Foundry = ReturnType<typeof spawnFoundry>;

interface Options {
  args?: string[];
  cwd?: string;
  env?: Record<string, string>;
  program?: string[];
}

/** Those that a test file starts, and the directory for their temporary files. */
export function useFoundries() {
  let foundries: Foundry[] = [];
  const here = { directory: '', spawn: spawnHere, start, stop };

  beforeAll(async () => {
    here.directory = await mkdtemp(join(tmpdir(), 'foundry-test-'));
  });

  afterAll(async () => {
    await stop();
    await rm(here.directory, { recursive: true });
  });

  return here;

  /** All at once, also before the end of the file. */
  async function stop() {
    for (const foundry of foundries) foundry.signal('SIGTERM');
    await Promise.all(foundries.map(({ ended }) => ended));
    foundries = [];
  }

  function spawnHere(options: Options = {}): Foundry {
    const foundry = spawnFoundry(here.directory, options);
    foundries.push(foundry);
    return foundry;
  }

  /** Resolves when the app is up. */
  async function start(options?: Options) {
    const foundry = spawnHere(options);
    const [, url, port] = await foundry.prints(ANNOUNCEMENT);
    return { ...foundry, url: url!, port: Number(port) };
  }
}

function spawnFoundry(directory: string, options: Options) {
  const { args = [], cwd = TELLING_APP, env, program = SOURCE } = options;
  const environment = { ...process.env, TMPDIR: directory, ...env };
  const words = args.includes('--port') ? args : [...args, '--port', '0'];
  const child = spawn(process.execPath, [...program, ...words], { cwd, env: environment });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      child.emit('output');
    });
  }
  const ended = once(child, 'close').then(([code]) => code as number);

  return { pid: child.pid!, ended, prints, output: () => output, signal, command };

  function signal(name: 'SIGINT' | 'SIGTERM') {
    child.kill(name);
  }

  /** Resolves as soon as the output matches. */
  function prints(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(fail, PATIENCE, `said nothing like ${pattern} in time, but`);
      child.on('output', look);
      child.on('close', () => fail('ended and said'));
      look();

      function look() {
        const match = pattern.exec(output);
        if (!match) return;
        clearTimeout(timer);
        resolve(match);
      }

      function fail(how: string) {
        clearTimeout(timer);
        reject(new Error(`The foundry ${how}:\n${output}`));
      }
    });
  }

  /** What `npm run foundry -- …` does in another terminal. */
  function command(line: string): Promise<{ code: number; said: string }> {
    const port = ANNOUNCEMENT.exec(output)?.[2] ?? '1';
    const all = [
      ...program,
      ...line.split(' '),
      ...(line.includes('--port') ? [] : ['--port', port]),
    ];
    return new Promise((resolve) => {
      execFile(process.execPath, all, { env: environment }, (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code) : 0, said: stdout + stderr });
      });
    });
  }
}

/** What the app of the router's tests tells. */
export interface Told {
  index: string;
  guid: string;
  method: string;
  url: string;
  headers: Record<string, string>;
  length: number;
  environment: Record<string, string>;
}

export async function ask(url: string, init?: RequestInit): Promise<Told> {
  const response = await fetch(url, init);
  return (await response.json()) as Told;
}

/** Asks without a pause until it is stopped, on kept connections and on new ones. */
export function keepAsking(url: string) {
  const failures: string[] = [];
  let answers = 0;
  let isOver = false;
  const agents = [new Agent({ keepAlive: true }), new Agent({ keepAlive: true }), false as const];
  const clients = agents.map(askOnAndOn);

  return { stop, answered };

  /** Resolves to what was asked in all. */
  async function stop() {
    isOver = true;
    await Promise.all(clients);
    for (const agent of agents) if (agent) agent.destroy();
    return { answers, failures };
  }

  /** Resolves after some more answers. */
  async function answered(count = 30) {
    const goal = answers + count;
    await until(`${count} more answers from ${url}`, () => answers >= goal);
  }

  async function askOnAndOn(agent: Agent | false) {
    while (!isOver) {
      const status = await getStatus(url, agent);
      if (status === '200') answers++;
      else failures.push(status);
      await sleep(2);
    }
  }
}

function getStatus(url: string, agent: Agent | false): Promise<string> {
  return new Promise((resolve) => {
    const asked = get(url, { agent }, (answer) => {
      answer.on('end', () => resolve(String(answer.statusCode)));
      answer.on('error', (error) => resolve(error.message));
      answer.resume();
    });
    asked.on('error', (error) => resolve(error.message));
  });
}

export async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
