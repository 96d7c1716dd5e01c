/** Clients that ask for the largest value and do not read what they get. */
import { setTimeout as sleep } from 'node:timers/promises';
import { form, head, open, readStatus, repeat, send, type Tally, type Target } from './wire.ts';

const LARGEST = 1024 * 1024; // bytes

const READERS = 60;
/** So many requests at once on one connection. */
const PIPELINED = 200;
/** Until a reader gives up, looks at the beginning of its answer, and comes back. */
const HELD = 5000; // milliseconds

/** 60 connections with one request each, and one with 200. */
export async function readSlowly(target: Target, signal: AbortSignal): Promise<Tally> {
  const value = `data=${'x'.repeat(LARGEST)}`;
  const stored = await send(target, form(target, 'PUT /largest', value), signal);
  if (stored !== '201') throw new Error(`PUT /largest was answered ${stored}`);

  const one = head(target, 'GET /largest');
  const many = one.repeat(PIPELINED);
  return repeat(READERS + 1, signal, (number) => hold(number % (READERS + 1) === 0 ? many : one));

  async function hold(requests: string): Promise<string> {
    const socket = await open(target);
    if (!socket) return 'none';
    socket.pause();
    socket.write(requests);
    await sleep(HELD, null, { signal }).catch(() => {});
    socket.resume();
    return readStatus(socket, signal);
  }
}
