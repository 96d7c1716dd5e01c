/** The controls on the app's page, which the router hands requests for /foundry/… of this machine. */
import { once } from 'node:events';
import { chmod } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { renderSVG } from 'uqr';
import { MOST_INSTANCES, readIndex, readInstances, readSeconds } from '../arguments.ts';
import type { Instances } from '../instances/instances.ts';
import { PATHS } from '../router/configuration.ts';
import type { Commands } from './commands.ts';
import { respond } from './control.ts';

interface Parts {
  /** The Unix domain socket at which the router finds it. */
  path: string;
  commands: Commands;
  instances: Pick<Instances, 'list'>;
  /** Where the audience finds the app; null when only this machine does. */
  audienceUrl: string | null;
}

/** The commands that the page may send, and how each reads its number. */
const READERS = { kill: readIndex, scale: readInstances, outage: readSeconds };

/** Resolves when it listens. */
export async function startPageControl({ path, commands, instances, audienceUrl }: Parts) {
  const server = createServer((request, response) => void answer(request, response));
  server.listen(path);
  await once(server, 'listening');
  await chmod(path, 0o600);
  return { close };

  async function close() {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }

  function answer(request: IncomingMessage, response: ServerResponse) {
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    const [, name = '', number = ''] = request.url!.slice(PATHS.control.length - 1).split('/');
    if (request.method === 'POST') {
      if (!isFromSameOrigin(request)) return refuse(response, 403, 'It comes from another site.');
      if (isCommand(name)) return respond(response, async () => command(name, number));
    }
    if (name === 'state') return answerState(response);
    if (name === 'audience.svg' && audienceUrl) return answerQrCode(response, audienceUrl);
    return refuse(response, 404, 'The foundry has no such control.');
  }

  function command(name: keyof typeof READERS, number: string): Promise<string> {
    return commands[name](READERS[name](number));
  }

  function answerState(response: ServerResponse) {
    response.setHeader('Content-Type', 'application/json');
    const { length } = instances.list();
    response.end(JSON.stringify({ instances: length, mostInstances: MOST_INSTANCES, audienceUrl }));
  }
}

function answerQrCode(response: ServerResponse, url: string) {
  response.setHeader('Content-Type', 'image/svg+xml');
  response.end(renderSVG(url, { border: 4 }));
}

function refuse(response: ServerResponse, status: number, reason: string) {
  response.statusCode = status;
  response.end(reason);
}

function isCommand(name: string): name is keyof typeof READERS {
  return Object.hasOwn(READERS, name);
}

/** Pages of other sites, and of other ports of this machine, shall kill no instance. */
function isFromSameOrigin({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  return site ? site === 'same-origin' : headers.origin === `http://${headers.host}`;
}
