/** Bodies that cost the app far more than they cost their sender. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  addUp,
  form,
  head,
  json,
  open,
  readStatus,
  repeat,
  send,
  type Tally,
  type Target,
} from './wire.ts';

const KB = 1024;
const MB = 1024 * KB;

/** A letter and marks of alternating classes, which NFKC puts in order in quadratic time. */
const MARKS = '\u0315\u0300';

const UNFINISHED = 200;
const DRIPPING = 50;
const DRIP = 1000; // milliseconds between two bytes

/** Signs in and up with names and passwords that are hard to normalize: 900 KB of JSON, 16 KB forms. */
export function sendCombiningMarks(target: Target, signal: AbortSignal): Promise<Tally> {
  const marks = (bytes: number) => `a${MARKS.repeat(bytes / 4)}`;
  const longest = JSON.stringify({ username: marks(450 * KB), password: marks(450 * KB) });
  // Each byte of a form is escaped as three
  const fields = new URLSearchParams({ username: marks(2 * KB), password: marks(2 * KB) });
  const requests = ['POST /session/sign-in', 'POST /session/sign-up'].flatMap((line) => [
    json(target, line, longest),
    form(target, line, fields.toString()),
  ]);
  return repeat(4, signal, (number) => send(target, requests[number % requests.length]!, signal));
}

/** Puts 1 MB of JSON that takes 25 times as much once it is parsed, ten at a time. */
export function sendLargeJson(target: Target, signal: AbortSignal): Promise<Tally> {
  const half = MB / 2 - KB;
  const bodies = [
    `[${'{},'.repeat((2 * half) / 3)}{}]`,
    `{"data":[${'{},'.repeat((2 * half) / 3)}{}]}`,
    `{"data":${'['.repeat(half)}${']'.repeat(half)}}`,
    `{"data":${'{"a":'.repeat(half / 3)}0${'}'.repeat(half / 3)}}`,
  ];
  const requests = bodies.map((body) => json(target, 'PUT /large-json', body));
  return repeat(10, signal, (number) => send(target, requests[number % requests.length]!, signal));
}

/** Leaves out the last byte of 1 MB, in one piece or in chunks; others send a byte each second. */
export async function leaveBodiesUnfinished(target: Target, signal: AbortSignal): Promise<Tally> {
  const filling = Buffer.alloc(MB - 'data='.length - 1, 'x');
  const type = 'Content-Type: application/x-www-form-urlencoded';
  const length = `Content-Length: ${MB}`;
  const line = 'PUT /unfinished';
  const plain = [head(target, line, [type, length]), 'data=', filling];
  const chunked = [
    head(target, line, [type, 'Transfer-Encoding: chunked']),
    `${MB.toString(16)}\r\ndata=`,
    filling,
  ];
  const tallies = await Promise.all([
    repeat(UNFINISHED / 2, signal, () => begin(plain)),
    repeat(UNFINISHED / 2, signal, () => begin(chunked)),
    repeat(DRIPPING, signal, () => drip([head(target, line, [type, length]), 'data='])),
  ]);
  return addUp(tallies);

  async function begin(parts: (string | Buffer)[]): Promise<string> {
    const socket = await open(target);
    if (!socket) return 'none';
    for (const part of parts) socket.write(part);
    return readStatus(socket, signal);
  }

  async function drip(parts: string[]): Promise<string> {
    const socket = await open(target);
    if (!socket) return 'none';
    for (const part of parts) socket.write(part);
    const timer = setInterval(() => socket.write('x'), DRIP);
    const status = await readStatus(socket, signal);
    clearInterval(timer);
    // Those that are refused come back at the pace of their bytes
    await sleep(DRIP, null, { signal }).catch(() => {});
    return status;
  }
}
