/** Requests as bytes on connections of their own, for what no HTTP client would send. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Target {
  /** Of an instance: the router in front of it would keep bodies and answers to itself. */
  port: number;
  /** The address that the attack seems to come from, as the platform's router would report it. */
  address: string;
}

/** How often each answer came: by its status, or `none` for a connection that ended without one. */
export type Tally = Record<string, number>;

/** Between two attempts to reach an instance that is gone. */
const PAUSE = 100; // milliseconds

/** The lines before a body, with the headers that every request has. */
export function head({ address }: Target, line: string, headers: string[] = []): string {
  return [`${line} HTTP/1.1`, 'Host: app', `X-Forwarded-For: ${address}`, ...headers, '', ''].join(
    '\r\n',
  );
}

export function form(target: Target, line: string, body: string | Buffer): Buffer {
  return withBody(target, line, 'application/x-www-form-urlencoded', body);
}

export function json(target: Target, line: string, body: string | Buffer): Buffer {
  return withBody(target, line, 'application/json', body);
}

/** Returns an open connection, or null when there is none to be had. Its errors are ignored. */
export async function open({ port }: Target): Promise<Socket | null> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return socket;
  } catch {
    await sleep(PAUSE);
    return null;
  } finally {
    socket.on('error', () => {}); // a reset is an answer too
  }
}

/** Sends one request, and returns the status of its answer. Waits until the signal is aborted. */
export async function send(target: Target, request: Buffer, signal: AbortSignal): Promise<string> {
  const socket = await open(target);
  if (!socket) return 'none';
  socket.write(request);
  return readStatus(socket, signal);
}

/** Ends the connection as soon as an answer begins. */
export async function readStatus(socket: Socket, signal: AbortSignal): Promise<string> {
  try {
    const [answer] = (await Promise.race([
      once(socket, 'data', { signal }),
      once(socket, 'close', { signal }).then(() => ['']),
    ])) as [Buffer | string];
    return /^HTTP\/1\.1 (\d{3})/.exec(answer.toString('latin1'))?.[1] ?? 'none';
  } catch {
    return 'none';
  } finally {
    socket.destroy();
  }
}

/** Does it over and over, so many times at once, until the signal is aborted. */
export async function repeat(
  parallel: number,
  signal: AbortSignal,
  attempt: (number: number) => Promise<string>,
): Promise<Tally> {
  const tally: Tally = {};
  let attempts = 0;
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      while (!signal.aborted) {
        const outcome = await attempt(attempts++);
        if (!signal.aborted) tally[outcome] = (tally[outcome] ?? 0) + 1;
      }
    }),
  );
  return tally;
}

export function addUp(tallies: Tally[]): Tally {
  const all: Tally = {};
  for (const [answer, count] of tallies.flatMap((tally) => Object.entries(tally))) {
    all[answer] = (all[answer] ?? 0) + count;
  }
  return all;
}

function withBody(target: Target, line: string, type: string, body: string | Buffer): Buffer {
  const bytes = Buffer.from(body);
  const headers = [`Content-Type: ${type}`, `Content-Length: ${bytes.length}`];
  return Buffer.concat([Buffer.from(head(target, line, headers)), bytes]);
}
