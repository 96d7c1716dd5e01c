/** Takes commands from other terminals, as `POST /scale/4`. */
import { once } from 'node:events';
import { chmod, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Problem } from '../../command-line/problem.ts';
import type { Commands } from './commands.ts';
import { socketPath } from './socket.ts';

interface Parts {
  /** Of the router, as the name of this foundry. */
  port: number;
  commands: Commands;
  /** Tells the foundry to stop. */
  stop: () => void;
}

export async function startControl({ port, commands, stop }: Parts) {
  const path = socketPath(port);
  const waitingForEnd: ServerResponse[] = [];
  const server = createServer((request, response) => void answer(request, response));
  await listen();
  return { close };

  async function listen() {
    try {
      // A foundry that was killed leaves its socket behind. This one has the port: there is no other.
      await rm(path, { force: true });
      server.listen(path);
      await once(server, 'listening');
      await chmod(path, 0o600);
    } catch (error) {
      throw new Problem(`There is no listening at ${path}: ${(error as Error).message}`);
    }
  }

  /** Tells those who have asked for it, when all else is stopped. */
  async function close() {
    for (const response of waitingForEnd) response.end('Stopped.');
    server.close();
    await once(server, 'close');
  }

  async function answer({ url = '' }: IncomingMessage, response: ServerResponse) {
    const [, name = '', number] = url.split('/');
    response.setHeader('Connection', 'close');
    if (name === 'stop') {
      waitingForEnd.push(response);
      return stop();
    }
    try {
      if (!isCommand(name, commands)) throw new Problem(`"${name}" is no command.`);
      response.end(await commands[name](Number(number)));
    } catch (error) {
      response.statusCode = error instanceof Problem ? 409 : 500;
      response.end((error as Error).message);
    }
  }
}

function isCommand(name: string, commands: Commands): name is keyof Commands {
  return Object.hasOwn(commands, name);
}
