/** Requests as bytes on connections of their own, for what no HTTP client would send. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { listErrors } from '../../load-test/reports/table.ts';

export interface Target {
  /** The port of an instance, because the router would keep bodies and answers to itself. */
  port: number;
  /** The address that the attack seems to come from, as the platform's router would report it. */
  address: string;
}

/** Counts answers by status; `none` stands for a connection that ended without one. */
export type Tally = Record<string, number>;

interface Limits {
  /** How many attempts go on at once. */
  parallel: number;
  attempts?: number;
  signal?: AbortSignal;
}

const PAUSE = 100; // milliseconds between two attempts to reach an instance that is gone

/** Returns the lines before a body, with the headers that every request has. */
export function head({ address }: Target, line: string, headers: string[] = []): string {
  const common = [`${line} HTTP/1.1`, 'Host: app', `X-Forwarded-For: ${address}`];
  return [...common, ...headers, '', ''].join('\r\n');
}

export function form(target: Target, line: string, body: string): Buffer {
  return withBody(target, line, 'application/x-www-form-urlencoded', body);
}

export function json(target: Target, line: string, body: string): Buffer {
  return withBody(target, line, 'application/json', body);
}

/** Returns an open connection, or null when the instance accepts none. Ignores its errors. */
export async function open({ port }: Pick<Target, 'port'>): Promise<Socket | null> {
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

/** Sends the parts of a request and returns the status of its answer, or `none`. */
export async function send(
  target: Pick<Target, 'port'>,
  parts: (Buffer | string)[],
  signal: AbortSignal,
): Promise<string> {
  const socket = await open(target);
  if (!socket) return 'none';
  for (const part of parts) socket.write(part);
  return readStatus(socket, signal);
}

/** Returns the status as soon as an answer begins, then ends the connection. */
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

/** Attempts again and again, until the signal is aborted or all attempts are made. */
export async function repeat(
  { parallel, attempts = Infinity, signal }: Limits,
  attempt: (number: number) => Promise<string>,
): Promise<Tally> {
  const tally: Tally = {};
  let made = 0;
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      while (!signal?.aborted && made < attempts) {
        const answer = await attempt(made++);
        if (!signal?.aborted) tally[answer] = (tally[answer] ?? 0) + 1;
      }
    }),
  );
  return tally;
}

export function addUp(tallies: Tally[]): Tally {
  const sum: Tally = {};
  for (const [answer, count] of tallies.flatMap((tally) => Object.entries(tally))) {
    sum[answer] = (sum[answer] ?? 0) + count;
  }
  return sum;
}

/** Returns text such as `40 × 503, 2 × none`. */
export function describeTally(tally: Tally): string {
  return listErrors(tally).join(', ') || 'none';
}

function withBody(target: Target, line: string, type: string, body: string): Buffer {
  const length = Buffer.byteLength(body);
  const headers = [`Content-Type: ${type}`, `Content-Length: ${length}`];
  return Buffer.from(head(target, line, headers) + body);
}
