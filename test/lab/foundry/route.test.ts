/** The route: its instances, the time for which the platform remembers it, and one that refuses. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { unknownRoute } from '../../../src/lab/foundry/router/refusal.ts';
import { createRoute } from '../../../src/lab/foundry/router/route.ts';
import { findPort } from '../../../src/lab/processes/port.ts';
import { compiled } from '../../support/lab.ts';
import { serve } from '../../support/serve.ts';

const ENDPOINT = { index: 0, guid: 'guid', port: 1 };

describe('the route', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('is unknown before the first instance is ready', () => {
    expect(createRoute().exists()).toBe(false);
    expect(unknownRoute('host')).toMatchObject({
      status: 404,
      error: 'unknown_route',
      message: "Requested route ('host') does not exist.",
    });
  });

  it('is forgotten 10 seconds after the last instance has left', () => {
    const route = createRoute();
    route.register(ENDPOINT);
    jest.advanceTimersByTime(60_000);
    route.unregister(ENDPOINT);
    route.unregister(ENDPOINT);

    jest.advanceTimersByTime(9_000);
    expect(route.exists()).toBe(true);
    jest.advanceTimersByTime(1_000);
    expect(route.exists()).toBe(false);
  });

  it('has an instance once, however often it says that it is ready', () => {
    const route = createRoute();
    route.register(ENDPOINT);
    route.register(ENDPOINT);
    expect(route.list()).toEqual([ENDPOINT]);
  });
});

/** In a process of its own, as Jest cannot load httpxy, an ES module. */
it('leads to another instance while one refuses the connection', async () => {
  const origin = await serve((request, response) => void request.pipe(response));
  const program = `
    const { createRoute } = await import('${compiled('foundry/router/route')}');
    const { startRouter } = await import('${compiled('foundry/router/router')}');
    const route = createRoute();
    route.register({ index: 0, guid: 'refuses', port: ${await findPort(0)} });
    route.register({ index: 1, guid: 'answers', port: ${new URL(origin).port} });
    const { address, close } = await startRouter({ route, processGuid: 'process', port: 0 });
    for (let i = 0; i < 4; i++) {
      const response = await fetch('http://' + address, { method: 'POST', body: 'whole' });
      console.log(response.status, await response.text());
    }
    await close();`;
  const words = ['--input-type=module', '-e', program];
  const { stdout } = await promisify(execFile)(process.execPath, words);
  expect(stdout).toBe('200 whole\n'.repeat(4));
});
