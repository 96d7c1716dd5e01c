/** Whether a target is the app, and can be reached. */
import { ask } from '../../../src/lab/ask.ts';
import { Problem, UsageError } from '../../../src/lab/command-line/problem.ts';
import { askTarget, checkTarget, readOrigin } from '../../../src/lab/load-test/target.ts';
import { freePort } from '../../support/redis-server.ts';
import { serve } from '../../support/serve.ts';

describe('the URL of a target', () => {
  it.each([
    ['http://app.example.com', 'http://app.example.com'],
    ['https://app.example.com/some/page', 'https://app.example.com'],
    ['app.example.com', 'http://app.example.com'],
    ['127.0.0.1:8080/', 'http://127.0.0.1:8080'],
    ['example.com/?at=https://app.example.com', 'http://example.com'],
  ])('%s has the origin %s', (text, origin) => {
    expect(readOrigin(text)).toBe(origin);
  });

  it('is refused when it is none', () => {
    expect(() => readOrigin('my app')).toThrow(new UsageError('"my app" is no URL.'));
  });
});

describe('a target', () => {
  const answering = (status: number, headers: Record<string, string> = {}) =>
    serve((_, response) => response.writeHead(status, headers).end());

  it('is the app when its answer names an instance', async () => {
    const origin = await answering(200, { 'X-App-Instance': '0/a' });
    await expect(checkTarget(origin, false)).resolves.toBeUndefined();
  });

  it('is not when its answer names none, and may be so on request only', async () => {
    const origin = await answering(404);
    await expect(checkTarget(origin, false)).rejects.toThrow(
      `${origin} does not look like redis-example-app: it answers without X-App-Instance ` +
        '(GET /status/health: 404). To put load on it all the same, add --any-target.',
    );
    await expect(checkTarget(origin, true)).resolves.toBeUndefined();
  });

  it('is refused when it redirects, whatever it is', async () => {
    const headers = { Location: 'https://app.example.com/', 'X-App-Instance': '0/a' };
    const origin = await answering(301, headers);
    for (const isAnyTarget of [true, false]) {
      await expect(checkTarget(origin, isAnyTarget)).rejects.toThrow(
        `${origin} redirects to https://app.example.com/: give that URL.`,
      );
    }
  });

  it('is refused with the reason when it cannot be reached', async () => {
    const origin = `http://127.0.0.1:${await freePort()}`;
    const asking = askTarget(origin, '/');
    await expect(asking).rejects.toThrow(Problem);
    await expect(asking).rejects.toThrow(`${origin} cannot be reached: connect ECONNREFUSED`);
  });
});

describe('a request by itself', () => {
  it('is given up in time', async () => {
    const origin = await serve(() => {});
    await expect(ask(origin, {}, 50)).rejects.toThrow(/timeout/);
  }, 5_000);

  it('is given up in time also in the middle of the answer', async () => {
    const origin = await serve((_, response) => response.write('half of it'));
    await expect(ask(origin, {}, 50)).rejects.toThrow(/timeout/);
  }, 5_000);

  it('has the whole answer', async () => {
    const origin = await serve(({ method }, response) => {
      response.writeHead(418, { 'X-Tea': 'green' }).end(method);
    });
    const { status, headers, body } = await ask(origin, { method: 'PUT' });
    expect([status, headers.get('X-Tea'), body]).toEqual([418, 'green', 'PUT']);
  });
});
