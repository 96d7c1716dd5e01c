/**
 * Commands from other terminals: the foundry takes them as `POST /scale/4` at a Unix domain socket
 * that is found by the router's port.
 */
import { once } from 'node:events';
import { chmod, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Problem } from '../../command-line/problem.ts';
import type { Command } from '../arguments.ts';
import type { Commands } from './commands.ts';

interface Parts {
  /** The port of the router. */
  port: number;
  commands: Commands;
  /** Stops the foundry. */
  stop: () => void;
}

export type Control = Awaited<ReturnType<typeof startControl>>;

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

  /** Answers those who have asked for the end: all else has stopped by now. */
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
    await respond(response, async () => {
      if (!isCommand(name, commands)) throw new Problem(`Unknown command: ${name}`);
      return commands[name](Number(number));
    });
  }
}

/** Answers with what the command returns, or with 409 and the problem. */
export async function respond(response: ServerResponse, run: () => Promise<string>): Promise<void> {
  try {
    response.end(await run());
  } catch (error) {
    response.statusCode = error instanceof Problem ? 409 : 500;
    response.end((error as Error).message);
  }
}

/** Sends a command to a foundry that runs. Returns its answer, when the command is done. */
export async function send({ command, number, port }: Command): Promise<string> {
  const path = `/${command}/${number ?? ''}`;
  const asked = request({ socketPath: socketPath(port), path, method: 'POST' }).end();
  try {
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    const said = await text(answer);
    if (answer.statusCode !== 200) throw new Problem(said);
    return said;
  } catch (error) {
    throw explain(error as NodeJS.ErrnoException, port);
  }
}

function socketPath(port: number): string {
  return join(tmpdir(), `foundry-${port}.sock`);
}

function isCommand(name: string, commands: Commands): name is keyof Commands {
  return Object.hasOwn(commands, name);
}

function explain(error: NodeJS.ErrnoException, port: number): Error {
  switch (error.code) {
    case 'ENOENT':
    case 'ECONNREFUSED':
      return new Problem(
        `No foundry runs at port ${port}. Start one with \`npm run foundry\`, or say with --port where it is.`,
      );
    case 'EACCES':
      return new Problem(`The foundry at port ${port} is another user's.`);
    case 'ECONNRESET':
      return new Problem('The foundry ended before that was done.');
    default:
      return error;
  }
}
