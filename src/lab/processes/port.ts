/** Finds free ports for programs that are started later. */
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Problem } from '../command-line/problem.ts';

/**
 * Free ports are looked for below those that systems give to outgoing connections (Linux: from 32768),
 * one of which could take a port before its program does. The bus of a Cluster's node fits in, too: its
 * port is higher by 10,000.
 */
const LOWEST = 10_000;
const HIGHEST = 20_000;
const ATTEMPTS = 100;

/** The port asked for, or any free one for 0. Throws a problem when there is none. */
export async function findPort(requested: number, host = '127.0.0.1'): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const port = requested || randomInt(LOWEST, HIGHEST);
    try {
      if (!requested) await reserve(port);
      await tryPort(port);
      // macOS lets two programs have it, one on all interfaces and one on another address.
      for (const address of new Set(['127.0.0.1', host])) await tryPort(port, address);
      return port;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const isHopeless = requested || attempt === ATTEMPTS || code === 'EADDRNOTAVAIL';
      if (isHopeless) throw new Problem(explain(port, host, code, message));
    }
  }
}

/**
 * Takes the port of UDP, which no program here needs, until this process ends: another process that
 * looks for a port would find the same one free until the program takes it. Throws when it is taken.
 */
async function reserve(port: number): Promise<void> {
  const socket = createSocket('udp4').unref();
  await once(socket.bind(port, '127.0.0.1'), 'listening');
}

async function tryPort(port: number, host?: string): Promise<void> {
  const server = createServer().listen(port, host);
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}

function explain(port: number, host: string, code: string | undefined, message: string): string {
  if (code === 'EADDRNOTAVAIL') return `This machine has no address ${host}.`;
  return code === 'EADDRINUSE'
    ? `Port ${port} is taken by another program. Choose another with --port, or --port 0 for any free one.`
    : `Port ${port} cannot be used: ${message}. Choose another with --port.`;
}
