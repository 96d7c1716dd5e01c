/** Whether a target is the app, and can be reached. */
import { ask } from '../../../src/lab/ask.ts';
import { Problem } from '../../../src/lab/command-line/problem.ts';
import { askTarget, checkTarget } from '../../../src/lab/load-test/target.ts';
import { freePort } from '../../support/redis-server.ts';
import { serve } from '../../support/serve.ts';

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
