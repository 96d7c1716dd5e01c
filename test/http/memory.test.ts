/** What strangers may cost an instance, which the platform ends at 256 MB, and Redis. */
import { once } from 'node:events';
import type { Redis } from 'ioredis';
import { bound } from '../support/app.ts';
import { startProgram } from '../support/program.ts';
import { connectTo, startRedis } from '../support/redis-server.ts';
import {
  closeAll,
  type Connection,
  formRequest,
  jsonRequest,
  send,
  sendFromMany,
  watchLiveness,
  watchMemory,
} from '../support/stranger.ts';

const MEGABYTE = 1024 * 1024;
const LIMIT = 256; // MB
/** A promise of 100 ms, on a machine that runs other tests at the same time. */
const AT_ONCE = 500; // milliseconds
/** The machine may be slow once; an app that takes longer does so each time. */
const TRIES = 3;

const TINY_CHUNKS =
  'PUT /foo HTTP/1.1\r\nHost: app\r\nTransfer-Encoding: chunked\r\n\r\n' +
  '1\r\nx\r\n'.repeat(MEGABYTE / 8);
const GET = 'GET /large HTTP/1.1\r\nHost: app\r\n\r\n';

type Attack = () => Promise<Connection[]> | Connection[];
type Until = (made: Connection[]) => Promise<unknown>;

let redis: Redis;
let program: Awaited<ReturnType<typeof startProgram>>;
beforeAll(async () => {
  const server = await startRedis();
  redis = connectTo(server);
  program = await startProgram(bound({ host: server.host, port: server.port }));
});
beforeEach(() => redis.flushall());

/** Attacks, and expects the instance to stay small, alive and of use to others meanwhile. */
async function survive(attack: Attack, until: Until) {
  let slowest = Infinity;
  for (let i = 0; i < TRIES && slowest >= AT_ONCE; i++) slowest = await attackOnce(attack, until);
  expect(slowest).toBeLessThan(AT_ONCE);
}

/** Returns the milliseconds of the slowest answer about liveness. */
async function attackOnce(attack: Attack, until: Until): Promise<number> {
  const memory = watchMemory(program.child.pid!);
  const liveness = watchLiveness(program.url);
  try {
    const connections = await attack();
    await useKeys();
    await until(connections);
    await useKeys();
    closeAll(connections);
  } finally {
    memory.stop();
    await liveness.stop();
  }
  expect(memory.most()).toBeLessThan(LIMIT);
  return liveness.slowest();
}

async function useKeys() {
  const body = new URLSearchParams({ data: 'bar' });
  expect((await fetch(`${program.url}/small`, { method: 'PUT', body })).status).toBe(201);
  expect(await (await fetch(`${program.url}/small`)).text()).toBe('bar');
}

const untilAnswered = (connections: Connection[]) =>
  Promise.all(connections.map(({ status }) => status));

describe('an instance stays below 256 MB, alive and of use under', () => {
  it('ten bodies of 1 MB of JSON objects', async () => {
    const json = `[${'{},'.repeat(MEGABYTE / 3 - 2)}{}]`;
    const statuses: (number | null)[] = [];
    await survive(
      () => sendFromMany(program.port, 10, jsonRequest('PUT /foo', json)),
      async (made) => statuses.push(...(await untilAnswered(made))),
    );
    expect(new Set(statuses)).toEqual(new Set([400]));
  });

  it('a hundred bodies of 1 MB of JSON with characters of two bytes', async () => {
    const json = JSON.stringify({ data: `${'x'.repeat(MEGABYTE - 100)}€` });
    await survive(
      () => sendFromMany(program.port, 100, jsonRequest('PUT /foo', json)),
      async (made) => {
        const statuses = await untilAnswered(made);
        expect(statuses).toContain(201);
        // null: on a busy machine, this client may be too slow, and is cut off
        for (const status of statuses) expect([201, 503, null]).toContain(status);
      },
    );
  });

  it('a sign-in with 900 KB of combining marks in JSON, which is answered at once', async () => {
    const name = `a${'\u0301\u0316'.repeat(225_000)}`;
    const json = JSON.stringify({ username: name, password: 'x' });
    await survive(
      () => sendFromMany(program.port, 3, jsonRequest('POST /session/sign-in', json)),
      async (made) => expect(await untilAnswered(made)).toEqual([413, 413, 413]),
    );
  });

  it.each([
    [
      '200 unfinished bodies of 1 MB',
      formRequest('PUT /foo', `data=${'x'.repeat(800_000)}`, MEGABYTE),
    ],
    [
      '200 unfinished bodies in chunks',
      'PUT /foo HTTP/1.1\r\nHost: app\r\nTransfer-Encoding: chunked\r\n\r\n' +
        `10000\r\n${'x'.repeat(65_536)}\r\n`.repeat(12),
    ],
  ])('%s: some are given room, and all others refused', async (_name, request) => {
    await survive(
      () => sendFromMany(program.port, 200, request),
      async (made) => {
        // Those who get room are cut off, and all may come in any order
        const statuses = await untilAnswered(made.slice(50));
        for (const status of statuses) expect([503, null]).toContain(status);
        expect(statuses.filter((status) => status === 503).length).toBeGreaterThan(100);
      },
    );
  });

  it.each([
    ['300 readers of a value of 1 MB that read nothing', 300, GET],
    ['20 connections that ask for it 200 times in one go and read nothing', 20, GET.repeat(200)],
  ])('%s', async (_name, count, requests) => {
    await redis.set('large', 'x'.repeat(MEGABYTE));
    await survive(() => sendFromMany(program.port, count, requests, false), readLarge);
  });

  it('1,000 connections that send no whole request', async () => {
    const headers = `GET /foo HTTP/1.1\r\nHost: app\r\nX-Long: ${'x'.repeat(15_000)}`;
    await survive(
      async () => {
        const made: Connection[] = [];
        while (made.length < 1000) {
          const batch = sendFromMany(program.port, 50, headers);
          await Promise.all(batch.map(({ socket }) => once(socket, 'connect')));
          made.push(...batch);
        }
        return made;
      },
      async ([first]) => expect(await first!.status).toBeNull(),
    );
  });
});

/** Asks for it until there is room. */
async function readLarge() {
  for (const deadline = performance.now() + 20_000; performance.now() < deadline;) {
    const answer = await fetch(`${program.url}/large`);
    const { length } = await answer.text();
    if (answer.status === 200) return expect(length).toBe(MEGABYTE);
    expect(answer.status).toBe(503);
  }
  throw new Error('There was no room for the value within 20 seconds');
}

describe('a request', () => {
  it('whose body comes in chunks of one byte is refused with 400', async () => {
    expect(await send(program.port, TINY_CHUNKS).status).toBe(400);
  });

  it('waits for the one before it on its connection, also of 200 that come in one go', async () => {
    const get = 'GET /foo HTTP/1.1\r\nHost: app\r\n\r\n';
    const { socket } = send(program.port, formRequest('PUT /foo', 'data=bar') + get.repeat(200));
    let answers = '';
    for await (const data of socket) {
      answers += String(data);
      if (answers.match(/\r\n\r\nbar/g)?.length === 200) break;
    }

    const statuses = Array.from(answers.matchAll(/HTTP\/1\.1 (\d+)/g), ([, status]) => status);
    expect(statuses).toEqual(['201', ...Array.from({ length: 200 }, () => '200')]);
  });

  it('loses its connection when its large body stops coming, or comes byte by byte', async () => {
    const whole = send(program.port, formRequest('PUT /foo', `data=${'x'.repeat(20_000)}`));
    expect(await whole.status).toBe(201);
    const began = performance.now();
    const stopped = send(program.port, formRequest('PUT /foo', 'data=', MEGABYTE));
    const slow = send(program.port, formRequest('PUT /foo', 'data=', MEGABYTE / 32));
    const drip = setInterval(() => slow.socket.write('x'), 100);
    expect([await stopped.status, await slow.status]).toEqual([null, null]);
    clearInterval(drip);
    const seconds = (performance.now() - began) / 1000;
    expect(seconds).toBeGreaterThan(4.9);
    expect(seconds).toBeLessThan(10);
    expect(whole.socket.destroyed).toBe(false);
  });

  it('finds room within its patience though others hold all of it and send next to nothing', async () => {
    // Three times as much, of 16 MB
    const drips = [3, 1, 1].map((size) =>
      send(program.port, formRequest('PUT /foo', 'data=', size * MEGABYTE)),
    );
    await Promise.all(drips.map(({ socket }) => once(socket, 'connect')));
    await useKeys(); // they have come before
    const body = new URLSearchParams({ data: 'x'.repeat(MEGABYTE) });
    expect((await fetch(`${program.url}/large`, { method: 'PUT', body })).status).toBe(201);
    closeAll(drips);
  });

  it('finds room within its patience though another holds all of it and reads nothing', async () => {
    await redis.set('largest', 'x'.repeat(8 * MEGABYTE));
    const get = 'GET /largest HTTP/1.1\r\nHost: app\r\n\r\n';
    const reader = send(program.port, get, false);
    await once(reader.socket, 'readable');
    const body = new URLSearchParams({ data: 'x'.repeat(MEGABYTE) });
    expect((await fetch(`${program.url}/large`, { method: 'PUT', body })).status).toBe(201);
    closeAll([reader]);
  });

  it('finds room again when those who held it are gone', async () => {
    const body = new URLSearchParams({ data: 'x'.repeat(MEGABYTE) });
    const puts = Array.from({ length: 10 }, () =>
      fetch(`${program.url}/large`, { method: 'PUT', body }),
    );
    const answers = await Promise.all(puts);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
  });
});

describe('Redis', () => {
  it('has room for the writes of others while strangers read large values', async () => {
    await redis.set('large', 'x'.repeat(MEGABYTE));
    const [, used] = /used_memory:(\d+)/.exec(await redis.info('memory'))!;
    await redis.config('SET', 'maxmemory', Number(used) + 5 * MEGABYTE);
    const connections = sendFromMany(program.port, 60, GET);
    for (let i = 0; i < 100; i++) await useKeys();
    const statuses = await untilAnswered(connections);
    await redis.config('SET', 'maxmemory', 0);

    expect(statuses).toContain(200);
    expect(statuses.every((status) => status === 200 || status === 503)).toBe(true);
  });

  it('keeps what others have stored, though it evicts, while strangers read large values', async () => {
    await redis.set('large', 'x'.repeat(MEGABYTE));
    const [, used] = /used_memory:(\d+)/.exec(await redis.info('memory'))!;
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await redis.config('SET', 'maxmemory', Number(used) + 5 * MEGABYTE);
    await untilAnswered(sendFromMany(program.port, 60, GET));
    const [, evicted] = /evicted_keys:(\d+)/.exec(await redis.info('stats'))!;
    await redis.config('SET', 'maxmemory', 0, 'maxmemory-policy', 'noeviction');

    expect(Number(evicted)).toBe(0);
  });
});
