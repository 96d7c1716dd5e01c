/** Finds free ports for programs that are started later. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { Problem } from '../command-line/problem.ts';

/** The port asked for, or any free one for 0. */
export async function findPort(requested: number, host = '127.0.0.1'): Promise<number> {
  const port = await tryPort(requested);
  // macOS lets two programs have it, one on all interfaces and one on another address.
  for (const address of new Set(['127.0.0.1', host])) await tryPort(port, address);
  return port;
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
    throw new Problem(explain(requested, error as NodeJS.ErrnoException, host));
  }
  return (server.address() as AddressInfo).port;
}

function explain(port: number, error: NodeJS.ErrnoException, host?: string): string {
  if (error.code === 'EADDRNOTAVAIL') return `This machine has no address ${host}.`;
  return error.code === 'EADDRINUSE'
    ? `Port ${port} is taken by another program. Choose another with --port, or --port 0 for any free one.`
    : `Port ${port} cannot be used: ${error.message}. Choose another with --port.`;
}
