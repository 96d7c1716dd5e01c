/** The route: its instances, the time for which the platform remembers it, and one that refuses. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHaproxy } from '../../../src/lab/foundry/router/haproxy.ts';
import { createRoute, type Endpoint } from '../../../src/lab/foundry/router/route.ts';
import { startRouter } from '../../../src/lab/foundry/router/router.ts';
import { findPort } from '../../../src/lab/processes/port.ts';
import { stopAtEnd } from '../../support/cleanup.ts';
import { serve } from '../../support/serve.ts';

const ENDPOINT = { index: 0, guid: 'guid', port: 1 };

describe('the route', () => {
  let published: (Endpoint[] | null)[];
  const publish = (endpoints: Endpoint[] | null) => Promise.resolve(void published.push(endpoints));

  beforeEach(() => {
    published = [];
    jest.useFakeTimers();
  });
  afterEach(() => jest.useRealTimers());

  it('is forgotten 10 seconds after the last instance has left', async () => {
    const route = createRoute(publish);
    await route.register(ENDPOINT);
    jest.advanceTimersByTime(60_000);
    await route.unregister(ENDPOINT);
    await route.unregister(ENDPOINT);

    jest.advanceTimersByTime(9_000);
    expect(published).toEqual([[ENDPOINT], []]);
    jest.advanceTimersByTime(1_000);
    expect(published).toEqual([[ENDPOINT], [], null]);
  });

  it('is remembered when another instance comes in time', async () => {
    const route = createRoute(publish);
    await route.register(ENDPOINT);
    await route.unregister(ENDPOINT);
    await route.register(ENDPOINT);

    jest.advanceTimersByTime(60_000);
    expect(published.at(-1)).toEqual([ENDPOINT]);
  });

  it('is remembered while one of its instances is left', async () => {
    const route = createRoute(publish);
    const other = { ...ENDPOINT, index: 1 };
    await route.register(ENDPOINT);
    await route.register(other);
    await route.unregister(ENDPOINT);

    jest.advanceTimersByTime(60_000);
    expect(published.at(-1)).toEqual([other]);
  });

  it('is forgotten no more when it is closed', async () => {
    const route = createRoute(publish);
    await route.register(ENDPOINT);
    await route.unregister(ENDPOINT);
    route.close();

    expect(jest.getTimerCount()).toBe(0);
  });

  it('has an instance once, however often it says that it is ready', async () => {
    const route = createRoute(publish);
    await route.register(ENDPOINT);
    await route.register(ENDPOINT);
    expect(published).toEqual([[ENDPOINT]]);
  });
});

describe('the router', () => {
  let directory: string;
  let router: Awaited<ReturnType<typeof startRouter>>;
  let url: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'router-test-'));
    stopAtEnd(() => rm(directory, { recursive: true }));
    const files = join(directory, 'router');
    router = await startRouter({
      port: 0,
      host: '127.0.0.1',
      hasPageControl: false,
      processGuid: 'process',
      directory: files,
    });
    stopAtEnd(router.close);
    url = `http://${router.address}`;
  });

  it('answers 404 before the first instance is ready', async () => {
    const response = await fetch(url);

    expect(response.status).toBe(404);
    expect(response.headers.get('X-Cf-RouterError')).toBe('unknown_route');
    expect(await response.text()).toBe(
      `404 Not Found: Requested route ('${router.address}') does not exist.\n`,
    );
  });

  it('leads to another instance while one refuses the connection', async () => {
    const asked: unknown[] = [];
    const answers = await startInstance(0, (request, response) => {
      asked.push([request.headers['x-cf-instanceid'], request.headers['x-cf-instanceindex']]);
      request.pipe(response);
    });
    const refuses = { index: 1, guid: 'refuses', port: await findPort(0) };
    await router.route.register(answers);
    await router.route.register(refuses);

    const body = 'whole'.repeat(10_000);
    for (let i = 0; i < 4; i++) {
      const response = await fetch(url, { method: 'POST', body });
      expect([response.status, await response.text()]).toEqual([200, body]);
    }
    expect(asked).toEqual(Array(4).fill([answers.guid, '0']));
    await router.route.unregister(answers);
    await router.route.unregister(refuses);
  });

  it.each([
    ['GET', 3],
    ['POST', 1],
  ])('asks for a %s that is broken off up to %i times', async (method, times) => {
    let asked = 0;
    const breaksOff = await startInstance(0, ({ socket }) => {
      asked++;
      socket.destroy();
    });
    await router.route.register(breaksOff);

    const [response] = await once(request(url, { method, agent: false }).end(), 'response');

    expect((response as IncomingMessage).statusCode).toBe(502);
    expect(asked).toBe(times);
    await router.route.unregister(breaksOff);
  });

  it('takes no other cookie for one of its own', async () => {
    const instance = await startInstance(0, (_, response) => void response.end());
    await router.route.register(instance);

    for (const value of ['instances', '0', '', `${'0'.repeat(36)}`]) {
      const headers = { Cookie: `JSESSIONID=abc; __VCAP_ID__=${value}` };
      expect((await fetch(url, { headers })).status).toBe(200);
    }
    await router.route.unregister(instance);
  });

  it('gives its cookie those attributes of the app’s that the platform’s router copies', async () => {
    const copied = [
      'Secure',
      'Partitioned',
      'SameSite=None',
      'Expires=Thu, 01 Jan 1970 00:00:00 GMT',
      'Max-Age=0',
      'Max-Age=-1',
    ];
    const others = ['HttpOnly', 'Max-Age=60', 'Domain=example.com', 'Path=/app', 'Secured=1'];
    let attribute: string;
    const instance = await startInstance(0, (_, response) => {
      response.setHeader('Set-Cookie', `JSESSIONID=abc; ${attribute}; Priority=High`);
      response.end();
    });
    await router.route.register(instance);

    for (attribute of [...copied, ...others]) {
      const [, own] = (await fetch(url)).headers.getSetCookie();
      const also = copied.includes(attribute) ? `; ${attribute}` : '';
      expect(own).toBe(`__VCAP_ID__=${instance.guid}; Path=/; HttpOnly${also}`);
    }
    await router.route.unregister(instance);
  });

  it('says how to install HAProxy when there is none', async () => {
    await expect(startHaproxy(directory, directory)).rejects.toThrow(
      /^There is no haproxy on the PATH\.[^]*apt-get install haproxy[^]*brew install haproxy/,
    );
  });

  it('says what is wrong with an HAProxy that does not start', async () => {
    const program = '#!/bin/sh\necho "unknown keyword"; exit 1\n';
    await writeFile(join(directory, 'haproxy'), program, { mode: 0o755 });

    await expect(startHaproxy(directory, `${directory}:/bin`)).rejects.toThrow(
      'HAProxy did not start (exit code 1). The foundry needs version 2.6 or later:\n\nunknown keyword',
    );
  });
});

async function startInstance(index: number, handler: RequestListener): Promise<Endpoint> {
  const origin = await serve(handler);
  return { index, guid: randomUUID(), port: Number(new URL(origin).port) };
}
