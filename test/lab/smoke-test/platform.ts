/** A platform for the smoke test: real apps and a real Redis of a foundry, behind a stand-in for `cf`. */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { type Foundry, withFoundry } from '../../../src/lab/foundry/start.ts';
import { silence } from '../../../src/lab/processes/output.ts';
import type { Servers } from '../../../src/lab/redis/servers.ts';
import { startRedis } from '../../../src/lab/redis/topologies.ts';
import { stopAtEnd } from '../../support/cleanup.ts';

const SCRIPT = join(__dirname, 'cf.mjs');

/** Returns what a command prints. Throws an error with what it prints when it fails. */
export type Command = (...words: string[]) => string | Promise<string>;

/** The credentials of a binding, by service plan. */
type Plans = Record<string, object>;

export type Platform = Awaited<ReturnType<typeof startPlatform>>;

/** Resolves when `cf` can be used. It has one app at a time, and takes service creation as it comes. */
export async function startPlatform() {
  silence();
  const foundry = await openFoundry();
  const { plans } = foundry.service as unknown as { plans: Plans };
  /** The plan of each service instance, by its name. */
  const services = new Map<string, string>();
  const apps = new Set<string>();
  const calls: string[] = [];
  let others: Record<string, Command> = {};
  const commands: Record<string, Command> = {
    target: () => 'API endpoint:   https://api.example.com\norg:            o\nspace:          s',
    'create-service'(_, plan, name) {
      if (!plans[plan!]) throw new Error(`Service plan '${plan}' not found.`);
      services.set(name!, plan!);
      return 'OK';
    },
    service(name) {
      if (!services.has(name!)) throw new Error(`Service instance '${name}' not found`);
      return 'status:   Running\nShowing status of last operation:\n   status:    create succeeded';
    },
    push(name) {
      apps.add(name!);
      return 'OK';
    },
    'bind-service'(_, name) {
      foundry.service.credentials = plans[services.get(name!)!]!;
      return 'OK';
    },
    async start() {
      await foundry.instances.scale(1);
      return 'OK';
    },
    async scale(_, __, count) {
      await foundry.instances.scale(Number(count));
      return 'OK';
    },
    app: () => `requested state:   started\nroutes:            ${foundry.address}`,
    logs: () => '2026-01-01T00:00:00 [APP/PROC/WEB/0] OUT a line of the log',
    'unbind-service': () => 'OK',
    async delete(name) {
      await foundry.instances.scale(0);
      apps.delete(name!);
      return 'OK';
    },
    'delete-service'(name) {
      services.delete(name!);
      return 'OK';
    },
  };
  const env = await provideCf(answer);
  return { env, calls, services, apps, answerOtherwise };

  /** Forgets the calls until now. These commands take the place of its own. */
  function answerOtherwise(changes: Record<string, Command> = {}) {
    calls.length = 0;
    others = changes;
  }

  function answer([name = '', ...words]: string[]) {
    calls.push([name, ...words].join(' '));
    return (others[name] ?? commands[name]!)(...words);
  }
}

/** A foundry without instances, until the end of the suite. */
async function openFoundry(): Promise<Foundry> {
  let close!: () => void;
  const closed = new Promise<void>((resolve) => (close = resolve));
  return new Promise((resolve, reject) => {
    const running = withFoundry({ bind: startPlans }, async (foundry) => {
      resolve(foundry);
      await closed;
    });
    running.catch(reject);
    stopAtEnd(async () => {
      close();
      await running;
    });
  });
}

/** One Redis without TLS and one with it; the third plan's password is wrong. */
async function startPlans(servers: Servers) {
  const plain = await startRedis('standalone', servers);
  const start: Servers['start'] = (plan) => servers.start({ ...plan, name: 'redis/tls' });
  const tls = await startRedis('tls', { ...servers, start });
  const plans: Plans = {
    'shared-vm': plain.credentials,
    'dedicated-vm': tls.credentials,
    'broken-vm': { ...plain.credentials, password: 'wrong' },
  };
  return { credentials: plain.credentials, plans };
}

/** Returns the variables of a terminal in which `cf` has the words answered so. */
async function provideCf(answer: (words: string[]) => string | Promise<string>) {
  const directory = await mkdtemp(join(tmpdir(), 'cf-'));
  const socket = join(directory, 'cf.sock');
  const program = `#!/bin/sh\nexec '${process.execPath}' '${SCRIPT}' "$@"\n`;
  await writeFile(join(directory, 'cf'), program, { mode: 0o700 });
  const server = createServer((request, response) => void respond(request, response));
  server.listen(socket);
  await once(server, 'listening');
  stopAtEnd(async () => {
    server.closeAllConnections();
    server.close();
    await rm(directory, { recursive: true });
  });
  return { CF_SOCKET: socket, PATH: `${directory}:${process.env.PATH}` };

  async function respond(request: IncomingMessage, response: ServerResponse) {
    try {
      response.end(await answer((await json(request)) as string[]));
    } catch (error) {
      response.statusCode = 500;
      response.end((error as Error).message);
    }
  }
}
