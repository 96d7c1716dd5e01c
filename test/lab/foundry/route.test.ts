/** The route: its instances, the time for which the platform remembers it, and one that refuses. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

  it('has an instance once, however often it says that it is ready', async () => {
    const route = createRoute(publish);
    await route.register(ENDPOINT);
    await route.register(ENDPOINT);
    expect(published).toEqual([[ENDPOINT]]);
  });
});

describe('the router of a route', () => {
  let router: Awaited<ReturnType<typeof startRouter>>;
  let url: string;

  beforeAll(async () => {
    const directory = await mkdtemp(join(tmpdir(), 'router-test-'));
    stopAtEnd(() => rm(directory, { recursive: true }));
    router = await startRouter({ port: 0, processGuid: 'process', directory });
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
    const origin = await serve((request, response) => {
      asked.push([request.headers['x-cf-instanceid'], request.headers['x-cf-instanceindex']]);
      request.pipe(response);
    });
    await router.route.register({ index: 0, guid: 'refuses', port: await findPort(0) });
    await router.route.register({ index: 1, guid: 'answers', port: Number(new URL(origin).port) });

    const body = 'whole'.repeat(10_000);
    for (let i = 0; i < 4; i++) {
      const response = await fetch(url, { method: 'POST', body });
      expect([response.status, await response.text()]).toEqual([200, body]);
    }
    expect(asked).toEqual(Array(4).fill(['answers', '1']));
  });
});
