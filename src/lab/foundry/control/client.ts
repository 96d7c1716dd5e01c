/** Sends a command to a foundry that runs, and waits until it is done. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Command } from '../arguments.ts';
import { Problem } from '../../command-line/problem.ts';
import { socketPath } from './socket.ts';

/** Returns what the foundry says. */
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
