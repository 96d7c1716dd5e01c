/** Answers and requests stay together, whatever a server does with its connections. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import timers from 'node:timers/promises';
import { HttpClient } from '../../../src/lab/load-test/sending/client.ts';
import { keepAsking, type Outcome } from '../../../src/lab/load-test/sending/connection.ts';
import { KeyVisitor } from '../../../src/lab/load-test/visitors/key-visitor.ts';
import { VALUE_WRONG } from '../../../src/lab/load-test/visitors/visitor.ts';
import { freePort } from '../../support/redis-server.ts';
import { serve } from '../../support/serve.ts';

/** What an app of a few lines does for each request that it has not dealt with otherwise. */
type Trick = (number: number, response: ServerResponse, request: IncomingMessage) => boolean;

/** Keeps keys in memory, and plays a trick now and then. Returns its origin. */
async function startKeys(trick: Trick): Promise<string> {
  const keys = new Map<string, string>();
  let number = 0;
  return serve(answer);

  async function answer(request: IncomingMessage, response: ServerResponse) {
    const body = await text(request);
    response.setHeader('X-App-Instance', '0/aaaaaaaa');
    if (trick(++number, response, request)) return;
    const key = request.url!;
    if (request.method === 'PUT') {
      keys.set(key, new URLSearchParams(body).get('data')!);
      response.writeHead(201).end('success');
    } else if (request.method === 'DELETE') {
      keys.delete(key);
      response.end('success');
    } else {
      const value = keys.get(key);
      response.writeHead(value === undefined ? 404 : 200).end(value ?? 'key not present');
    }
  }
}

/** Puts load on it, from five connections; for a second if not told otherwise. */
async function load(
  origin: string,
  { rate = null as number | null, connections = 5, seconds = 1 } = {},
) {
  const outcomes: Outcome[] = [];
  const signal = AbortSignal.timeout(1000 * seconds);
  await Promise.all(
    Array.from({ length: connections }, (_, i) =>
      keepAsking({
        origin,
        visitors: [new KeyVisitor(`key-${i}`)],
        delay: rate === null ? 0 : (1000 * i) / rate,
        interval: rate === null ? null : (1000 * connections) / rate,
        isAnyTarget: false,
        record: (outcome) => outcomes.push(outcome),
        signal,
      }),
    ),
  );
  return {
    outcomes,
    failures: new Set(outcomes.map(({ failure }) => failure)),
    count: (failure: string) => outcomes.filter((o) => o.failure === failure).length,
  };
}

it('finds no failure with a server that has none', async () => {
  let asked = 0;
  const { outcomes, failures } = await load(await startKeys((number) => ((asked = number), false)));

  expect(failures).toEqual(new Set([null]));
  expect(outcomes.length).toBe(asked);
  expect(asked).toBeGreaterThan(0);
});

it('loses one request, and no more, for each connection that is reset', async () => {
  let resets = 0;
  const origin = await startKeys((number, response) => {
    if (number % 17 !== 0) return false;
    resets++;
    response.destroy();
    return true;
  });

  const { failures, count } = await load(origin);

  expect(failures).toEqual(new Set([null, 'connection closed']));
  expect(count('connection closed')).toBe(resets);
});

it('loses one request for each answer that breaks off in the middle', async () => {
  let broken = 0;
  const origin = await startKeys((number, response) => {
    if (number % 17 !== 0) return false;
    broken++;
    response.writeHead(200, { 'Content-Length': 100 }).write('half', () => response.destroy());
    return true;
  });

  const { failures, count } = await load(origin);

  expect(failures).toEqual(new Set([null, 'connection closed']));
  expect(count('connection closed')).toBe(broken);
});

it('opens a new connection when the server says that it closes this one', async () => {
  let closes = 0;
  const origin = await startKeys((number, response) => {
    if (number % 17 === 0) response.setHeader('Connection', 'close');
    if (number % 17 === 0) closes++;
    return false;
  });

  const { failures } = await load(origin);

  expect(failures).toEqual(new Set([null]));
  expect(closes).toBeGreaterThan(0);
});

it('asks a server that is down a few times a second only', async () => {
  const { outcomes, failures } = await load(`http://127.0.0.1:${await freePort()}`);

  expect(failures).toEqual(new Set(['ECONNREFUSED']));
  expect(outcomes.length).toBeLessThanOrEqual(5 * 5); // after 0, 100, 300, 700 and 1500 ms
});

it('takes nothing for an answer of the app that does not name an instance', async () => {
  const origin = await startKeys((number, response) => {
    if (number % 17 !== 0) return false;
    response.removeHeader('X-App-Instance');
    response.writeHead(404).end('no such route');
    return true;
  });

  const { failures } = await load(origin);

  expect(failures).toEqual(new Set([null, 'HTTP 404 without X-App-Instance']));
});

it('finds right what was carried out without an answer', async () => {
  const origin = await startKeys((number, response) => {
    if (number % 17 === 0) Object.assign(response, { end: () => response.destroy() });
    return false;
  });

  const { failures } = await load(origin, { seconds: 0.5 });

  expect(failures).toEqual(new Set([null, 'connection closed']));
});

it('finds right what was carried out, where the answer names no instance', async () => {
  const origin = await startKeys((number, response) => {
    if (number % 17 === 0) response.removeHeader('X-App-Instance');
    return false;
  });

  const { failures } = await load(origin, { seconds: 0.5 });

  expect([...failures]).toContain('HTTP 201 without X-App-Instance');
  expect([...failures]).not.toContain(VALUE_WRONG);
});

it('finds each value that is wrong', async () => {
  let wrong = 0;
  const origin = await startKeys((number, response, { method }) => {
    if (method !== 'GET' || number % 17 !== 0) return false;
    wrong++;
    response.end("a neighbour's");
    return true;
  });

  const { count } = await load(origin);

  expect(count('value wrong')).toBeGreaterThanOrEqual(wrong);
  expect(wrong).toBeGreaterThan(0);
});

it('keeps to a rate, evenly', async () => {
  const { outcomes } = await load(await startKeys(() => false), { rate: 100 });
  const first = Math.min(...outcomes.map(({ sentAt }) => sentAt));
  const halves = outcomes.filter(({ sentAt }) => sentAt - first < 500).length / outcomes.length;

  expect(outcomes.length).toBeGreaterThanOrEqual(80); // the last of five may begin late
  expect(outcomes.length).toBeLessThanOrEqual(120); // a connection may begin its next second
  expect(halves).toBeGreaterThan(0.2);
  expect(halves).toBeLessThan(0.8);
});

it('asks a server that is down no more often than the rate', async () => {
  const { outcomes } = await load(`http://127.0.0.1:${await freePort()}`, {
    rate: 1,
    connections: 1,
  });

  expect(outcomes.length).toBeLessThanOrEqual(2); // after 0 and maybe 1000 ms
});

it('counts the wait for a slow answer to the requests that were due meanwhile', async () => {
  let number = 0;
  const origin = await serve((request, response) => {
    request.resume();
    response.setHeader('X-App-Instance', '0/aaaaaaaa');
    const isSlow = ++number === 1;
    setTimeout(() => response.writeHead(404).end(), isSlow ? 500 : 0);
  });

  const { outcomes } = await load(origin, { rate: 10, connections: 1 });
  const waits = outcomes.map(({ dueAt, sentAt, latency }) => sentAt + latency - dueAt);

  // Due after 0, 100, 200 ms and so on; the second one waits for 400 ms, the third one for 300
  expect(waits.slice(0, 4).every((wait, i) => wait > 450 - 100 * i)).toBe(true);
  expect(outcomes.length).toBeGreaterThan(8);
});

it('sends a request on a new connection when the server has closed the old one before', async () => {
  let answers = 0;
  const origin = await startKeys((_number, response) => {
    const { socket } = response;
    response.on('finish', () => socket!.end());
    answers++;
    return false;
  });

  const { failures, outcomes } = await load(origin, { rate: 20 });

  expect(failures).toEqual(new Set([null]));
  expect(outcomes.length).toBe(answers);
});

it('puts an answer together that comes in parts', async () => {
  const body = Array.from({ length: 20_000 }, (_, i) => `line ${i}\n`).join('');
  const origin = await serve((_, response) => {
    response.setHeader('Content-Length', body.length);
    response.write(body.slice(0, 100_000), () => response.end(body.slice(100_000)));
  });
  const client = new HttpClient(origin);

  expect((await client.ask({ name: '', method: 'GET', path: '/' })).body).toBe(body);
  client.close();
});

it('gives an answer up that does not end in time, however it drips', async () => {
  const origin = await serve((_, response) => {
    response.writeHead(200, { 'Content-Length': 1000 });
    const dripping = setInterval(() => response.write('x'), 20);
    response.on('close', () => clearInterval(dripping));
  });
  const client = new HttpClient(origin, 200);

  const asking = client.ask({ name: '', method: 'GET', path: '/' });

  await expect(asking).rejects.toThrow(/^timeout$/);
  client.close();
}, 5_000);

describe('one connection', () => {
  afterEach(() => jest.restoreAllMocks());

  /** Ends as soon as so many requests have come to an end. Returns their outcomes. */
  async function ask(
    origin: string,
    count: number,
    { delay = 0, interval = null as number | null },
  ) {
    const outcomes: Outcome[] = [];
    const stopping = new AbortController();
    await keepAsking({
      origin,
      visitors: [new KeyVisitor('key')],
      delay,
      interval,
      isAnyTarget: false,
      record: (outcome) => outcomes.push(outcome) === count && stopping.abort(),
      signal: stopping.signal,
    });
    return outcomes;
  }

  it('has a request due when it is sent, where they come as fast as answers do', async () => {
    const outcomes = await ask(await startKeys(() => false), 5, {});

    expect(outcomes.map(({ dueAt }) => dueAt)).toEqual(outcomes.map(({ sentAt }) => sentAt));
  });

  it('takes a timer that goes off late for no wait of a user, and ends before the next one', async () => {
    const pace = { delay: 20, interval: 60_000 };
    const [first] = await ask(await startKeys(() => false), 1, pace);

    expect(first!.dueAt).toBe(first!.sentAt);
  }, 5_000);

  it('waits longer each time that it breaks, up to a second, and anew after an answer', async () => {
    const waits: number[] = [];
    let later = 0;
    const now = performance.now.bind(performance);
    jest.spyOn(performance, 'now').mockImplementation(() => now() + later);
    jest.spyOn(timers, 'setTimeout').mockImplementation(async (time = 0) => {
      waits.push(100 * Math.round(time / 100));
      later += time;
    });
    const origin = await startKeys((number, response) => {
      if (number === 7) return false;
      response.destroy();
      return true;
    });
    await ask(origin, 9, {});

    expect(waits).toEqual([100, 200, 400, 800, 1000, 1000, 100, 200]);
  });
});
