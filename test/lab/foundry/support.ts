/** Starts foundries, sends them commands, and keeps asking their apps. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT, runLab, startLab } from '../../support/lab.ts';
import { withLightApp } from '../../support/light-app.ts';
import { until } from '../../support/until.ts';

/** An app of a few lines that answers with what it was asked. */
const TELLING_APP = join(__dirname, 'app');

/** The URL stands last, and alone. */
const ANNOUNCEMENT = /^(http:\/\/127\.0\.0\.1:(\d+))$/m;

export type Foundry = Awaited<ReturnType<typeof startFoundry>>;

interface Options {
  args?: string[];
  /** The app of a few lines if not given; that of this project in ROOT. */
  cwd?: string;
  env?: Record<string, string>;
}

/** The foundries of a test file, and the directory for their temporary files. */
export function useFoundries() {
  let foundries: Foundry[] = [];
  const here = { directory: '', spawn, start, stop };

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

  async function spawn(options: Options = {}): Promise<Foundry> {
    const foundry = await startFoundry(here.directory, options);
    foundries.push(foundry);
    return foundry;
  }

  /** Resolves when the app is up. */
  async function start(options?: Options) {
    const foundry = await spawn(options);
    const [, url, port] = await foundry.prints(ANNOUNCEMENT);
    return { ...foundry, url: url!, port: Number(port) };
  }
}

async function startFoundry(directory: string, options: Options) {
  const { args = [], cwd = TELLING_APP, env } = options;
  const surroundings = { cwd, env: { TMPDIR: directory, ...env } };
  const port = args.includes('--port') ? [] : ['--port', '0'];
  const words = [...args, ...port, ...(cwd === ROOT ? withLightApp : [])];
  const foundry = await startLab('foundry/foundry', words, surroundings);
  return { ...foundry, command };

  /** Runs `npm run foundry -- …` as in another terminal. */
  function command(line: string) {
    const port = ANNOUNCEMENT.exec(foundry.output())?.[2] ?? '1';
    const where = line.includes('--port') ? [] : ['--port', port];
    return runLab('foundry/foundry', [...line.split(' '), ...where], surroundings);
  }
}

/** The answer of the app of the router's tests: what it was asked. */
export interface Asked {
  index: string;
  guid: string;
  method: string;
  url: string;
  headers: Record<string, string>;
  length: number;
  environment: Record<string, string>;
}

export async function ask(url: string, init?: RequestInit): Promise<Asked> {
  const response = await fetch(url, init);
  return (await response.json()) as Asked;
}

/** Asks until it is stopped, on kept connections and on new ones; `pause` is in milliseconds. */
export function keepAsking(url: string, pause = 5) {
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
      await sleep(pause);
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
