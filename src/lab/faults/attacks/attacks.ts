/** Attacks by strangers. Each goes on until its signal is aborted, and returns what was answered. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { HttpClient } from '../../load-test/sending/client.ts';
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

export interface Guessing {
  origin: string;
  guesses: number;
  /** Guesses per second. */
  rate: number;
}

const KB = 1024;
const MB = 1024 * KB;

/** A letter and marks of alternating classes, which NFKC puts in order in quadratic time. */
const MARKS = '\u0315\u0300';

const UNFINISHED = 200;
const DRIPPING = 50;
const DRIP = 1000; // milliseconds between two bytes

const READERS = 60;
/** Requests at once on one connection. */
const PIPELINED = 200;
/** After this time a reader gives up, looks at the beginning of its answer, and comes back. */
const HELD = 5000; // milliseconds

const GUESSERS = 10; // connections

const FLOOD = 20; // requests at a time

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
  return sendInTurn(4, target, requests, signal);
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
  return sendInTurn(10, target, requests, signal);
}

/** Leaves out the last byte of 1 MB, in one piece or in chunks; others send a byte each second. */
export async function leaveBodiesUnfinished(target: Target, signal: AbortSignal): Promise<Tally> {
  const begin = (header: string) => [
    head(target, 'PUT /unfinished', ['Content-Type: application/x-www-form-urlencoded', header]),
  ];
  const filling = Buffer.alloc(MB - 'data='.length - 1, 'x');
  const plain = [...begin(`Content-Length: ${MB}`), 'data='];
  const chunked = [...begin('Transfer-Encoding: chunked'), `${MB.toString(16)}\r\ndata=`];
  const half = { parallel: UNFINISHED / 2, signal };
  return addUp(
    await Promise.all([
      repeat(half, () => send(target, [...plain, filling], signal)),
      repeat(half, () => send(target, [...chunked, filling], signal)),
      repeat({ parallel: DRIPPING, signal }, drip),
    ]),
  );

  async function drip(): Promise<string> {
    const socket = await open(target);
    if (!socket) return 'none';
    for (const part of plain) socket.write(part);
    const timer = setInterval(() => socket.write('x'), DRIP);
    const status = await readStatus(socket, signal);
    clearInterval(timer);
    await pause(DRIP, signal); // a refused one comes back at the pace of its bytes
    return status;
  }
}

/** Asks for 1 MB on 60 connections once and on one 200 times, and does not read the answers. */
export async function readSlowly(target: Target, signal: AbortSignal): Promise<Tally> {
  const value = form(target, 'PUT /largest', `data=${'x'.repeat(MB)}`);
  const stored = await send(target, [value], signal);
  if (stored !== '201') throw new Error(`PUT /largest was answered ${stored}`);

  const one = head(target, 'GET /largest');
  const many = one.repeat(PIPELINED);
  const parallel = READERS + 1;
  return repeat({ parallel, signal }, (number) => hold(number % parallel === 0 ? many : one));

  async function hold(requests: string): Promise<string> {
    const socket = await open(target);
    if (!socket) return 'none';
    socket.pause();
    socket.write(requests);
    await pause(HELD, signal);
    socket.resume();
    return readStatus(socket, signal);
  }
}

/** Each sign-up costs the hash of a password. */
export function floodWithSignUps(target: Target, signal: AbortSignal): Promise<Tally> {
  return repeat({ parallel: FLOOD, signal }, () => enter(target, 'sign-up', newAccount(), signal));
}

interface TargetWithAccount extends Target {
  /** A form with the user name and the password of the attacker. */
  account: string;
}

/** The password is right each time. */
export function floodWithSignIns(target: TargetWithAccount, signal: AbortSignal): Promise<Tally> {
  const { account } = target;
  return repeat({ parallel: FLOOD, signal }, () => enter(target, 'sign-in', account, signal));
}

/** Asks who is signed in, each time with another session id that nobody has, so often and no more. */
export async function guessSessions({ origin, guesses, rate }: Guessing): Promise<Tally> {
  const beganAt = performance.now();
  const guessers = Array.from({ length: GUESSERS }, async (_, i) => {
    const client = new HttpClient(origin);
    const attempts = Math.ceil((guesses - i) / GUESSERS);
    const tally = await repeat({ parallel: 1, attempts }, async (number) => {
      const dueAt = beganAt + (1000 * (GUESSERS * number + i)) / rate;
      const wait = dueAt - performance.now();
      if (wait > 0) await sleep(wait);
      return guess(client);
    });
    client.close();
    return tally;
  });
  return addUp(await Promise.all(guessers));
}

function sendInTurn(parallel: number, target: Target, requests: Buffer[], signal: AbortSignal) {
  return repeat({ parallel, signal }, (number) =>
    send(target, [requests[number % requests.length]!], signal),
  );
}

function enter(target: Target, way: string, account: string, signal: AbortSignal) {
  return send(target, [form(target, `POST /session/${way}`, account)], signal);
}

/** Returns a form. */
function newAccount(): string {
  const text = () => randomBytes(8).toString('hex');
  const account = { username: `flood-${text()}`, password: text() };
  return new URLSearchParams(account).toString();
}

async function guess(client: HttpClient): Promise<string> {
  const cookie = `session=${randomBytes(32).toString('base64url')}`;
  const path = '/session/me';
  const answer = client.ask({ name: `GET ${path}`, method: 'GET', path, cookie });
  return answer.then(
    ({ status }) => String(status),
    () => 'none',
  );
}

/** Ends early when the signal is aborted. */
async function pause(time: number, signal: AbortSignal): Promise<void> {
  await sleep(time, null, { signal }).catch(() => {});
}
