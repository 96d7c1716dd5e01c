/** Finds free ports for programs that are started later. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { Problem } from '../command-line/problem.ts';

/** The port asked for, or any free one for 0. */
export async function findPort(requested: number): Promise<number> {
  const port = await tryPort(requested);
  // macOS lets two programs have it, one on all interfaces and one on loopback.
  return tryPort(port, '127.0.0.1');
}

async function tryPort(requested: number, host?: string): Promise<number> {
  const server = createServer();
  const port = await listen(server, requested, host);
  server.close();
  await once(server, 'close');
  return port;
}

async function listen(server: Server, requested: number, host?: string): Promise<number> {
  server.listen(requested, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new Problem(explain(requested, error as NodeJS.ErrnoException));
  }
  return (server.address() as AddressInfo).port;
}

function explain(port: number, error: NodeJS.ErrnoException): string {
  return error.code === 'EADDRINUSE'
    ? `Port ${port} is taken by another program. Choose another with --port, or --port 0 for any free one.`
    : `Port ${port} cannot be used: ${error.message}. Choose another with --port.`;
}
