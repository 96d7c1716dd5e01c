/** Which instances are on the route, and for how long the platform remembers it. */
import { unknownRoute } from '../../../src/lab/foundry/router/refusal.ts';
import { createRoute } from '../../../src/lab/foundry/router/route.ts';

const ENDPOINT = { index: 0, guid: 'guid', port: 1 };

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('the route', () => {
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
