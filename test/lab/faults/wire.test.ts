/** What attackers and probes make of answers. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  addUp,
  describeTally,
  form,
  open,
  repeat,
  send,
} from '../../../src/lab/faults/attacks/wire.ts';
import { guessSessions } from '../../../src/lab/faults/attacks/attacks.ts';
import { probeHealth } from '../../../src/lab/faults/health-probe.ts';
import { serve } from '../../support/serve.ts';

const NEVER = new AbortController().signal;
const portOf = (origin: string) => Number(new URL(origin).port);

describe('a request as bytes', () => {
  it('has the address of the attack, and as many bytes as it says', () => {
    const target = { port: 1, address: '203.0.113.7' };
    expect(form(target, 'PUT /key', 'data=é').toString()).toBe(
      [
        'PUT /key HTTP/1.1',
        'Host: app',
        'X-Forwarded-For: 203.0.113.7',
        'Content-Type: application/x-www-form-urlencoded',
        'Content-Length: 7',
        '',
        'data=é',
      ].join('\r\n'),
    );
  });

  it('is answered by a status', async () => {
    const port = portOf(await serve((_, response) => response.writeHead(507).end()));
    expect(await send({ port }, ['GET / HTTP/1.1\r\n', 'Host: app\r\n\r\n'], NEVER)).toBe('507');
  });

  it('is answered by none when the connection ends, and when time is up', async () => {
    const port = portOf(await serve(({ url, socket }) => url === '/end' && socket.destroy()));
    const ask = (path: string, signal: AbortSignal) =>
      send({ port }, [`GET ${path} HTTP/1.1\r\nHost: app\r\n\r\n`], signal);
    expect(await ask('/end', NEVER)).toBe('none');
    expect(await ask('/silence', AbortSignal.timeout(20))).toBe('none');
  });

  it('reaches nobody where nobody listens', async () => {
    expect(await open({ port: 1 })).toBeNull();
    expect(await send({ port: 1 }, [''], NEVER)).toBe('none');
  });
});

describe('attempts', () => {
  it('are as many as they are told, so many at a time', async () => {
    const numbers: number[] = [];
    let [running, most] = [0, 0];
    const tally = await repeat({ parallel: 3, attempts: 10 }, async (number) => {
      numbers.push(number);
      most = Math.max(most, ++running);
      await sleep(1);
      running--;
      return number < 4 ? '201' : '503';
    });

    expect(numbers).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(most).toBe(3);
    expect(tally).toEqual({ '201': 4, '503': 6 });
  });

  it('do not count once they are ended', async () => {
    const ending = new AbortController();
    const tally = await repeat({ parallel: 1, signal: ending.signal }, async (number) => {
      if (number === 2) ending.abort();
      return '200';
    });
    expect(tally).toEqual({ '200': 2 });
  });

  it('are added up, and told in words', () => {
    const sum = addUp([{ '503': 1 }, {}, { '503': 2, none: 1 }]);
    expect(sum).toEqual({ '503': 3, none: 1 });
    expect(describeTally(sum)).toBe('3 × 503, 1 × none');
    expect(describeTally({})).toBe('none');
  });
});

it('guesses are as many as they are told, each of another session', async () => {
  const cookies: string[] = [];
  const origin = await serve(({ headers }, response) => {
    cookies.push(headers.cookie!);
    response.writeHead(cookies.length === 7 ? 200 : 401).end();
  });
  const tally = await guessSessions({ origin, guesses: 23, rate: 10_000 });

  expect(tally).toEqual({ '401': 22, '200': 1 });
  expect(new Set(cookies).size).toBe(23);
  expect(cookies[0]).toMatch(/^session=[\w-]{43}$/);
});

it('guesses are no more often than they are told', async () => {
  const origin = await serve((_, response) => response.writeHead(401).end());
  const began = performance.now();
  await guessSessions({ origin, guesses: 12, rate: 100 });

  expect(performance.now() - began).toBeGreaterThan(100); // the last one is due after 110
});

describe('a probe of health', () => {
  it('counts a silence for every question that falls into it', async () => {
    let asked = 0;
    const origin = await serve(async (_, response) => {
      if (asked++ === 0) await sleep(200);
      response.end();
    });
    const times = await probeHealth(portOf(origin), AbortSignal.timeout(150));

    expect(times.length).toBeGreaterThan(1);
    expect(times[0]).toBeGreaterThan(190);
    expect(times[1]).toBeGreaterThan(140 - 50);
  });

  it.each([
    ['an error', 500],
    ['no answer', 0],
  ])('counts %s as never', async (_, status) => {
    const origin = await serve(({ socket }, response) =>
      status === 0 ? socket.destroy() : response.writeHead(status).end(),
    );
    const times = await probeHealth(portOf(origin), AbortSignal.timeout(20));

    expect(new Set(times)).toEqual(new Set([Infinity]));
  });
});
