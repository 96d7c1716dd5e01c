/** What a monitor reads of an instance: how long its answers took, and which they were. */
import Koa from 'koa';
import { Registry } from 'prom-client';
import {
  countAnswer,
  createRequestCounts,
  type RequestCounts,
} from '../../src/http/request-counts.ts';
import { statusRoutes } from '../../src/routes/status.ts';
import { serve } from '../support/serve.ts';
import { until } from '../support/until.ts';

describe('GET /status/metrics', () => {
  it('has the quantiles of the time to an answer in seconds, and counts by method and code', async () => {
    const counts = createRequestCounts();
    for (let i = 1; i <= 100; i++) {
      const answer = i % 4 > 0 ? { method: 'GET', status: 200 } : { method: 'PUT', status: 201 };
      countAnswer(counts, { ...answer, url: '/foo', duration: 10 * i });
    }
    const lines = (await readMetrics(counts)).split('\n');

    expect(valueOf(lines, 'http_request_duration_seconds{quantile="0.5"}')).toBeCloseTo(0.5);
    expect(valueOf(lines, 'http_request_duration_seconds{quantile="0.95"}')).toBeCloseTo(0.95);
    expect(valueOf(lines, 'http_request_duration_seconds{quantile="0.99"}')).toBeCloseTo(0.99);
    expect(valueOf(lines, 'http_requests_total{method="GET",code="200"}')).toBe(75);
    expect(valueOf(lines, 'http_requests_total{method="PUT",code="201"}')).toBe(25);
    expect(valueOf(lines, 'redis_up')).toBe(0);
  });

  it('is collected once for all who ask at the same time, and anew for the next', async () => {
    const collect = jest.spyOn(Registry.prototype, 'metrics');
    let finish!: (metrics: string) => void;
    collect.mockReturnValueOnce(new Promise((resolve) => (finish = resolve)));
    let asked = 0;
    const origin = await serveStatus(createRequestCounts(), () => asked++);
    const ask = async () => (await fetch(`${origin}/status/metrics`)).text();
    const both = Promise.all([ask(), ask()]);
    await until('both have asked', () => asked === 2);
    finish('the same for both');

    expect(await both).toEqual(['the same for both', 'the same for both']);
    expect(await ask()).toContain('http_requests_total');
    expect(collect).toHaveBeenCalledTimes(2);
    collect.mockRestore();
  });

  async function readMetrics(counts: RequestCounts): Promise<string> {
    return (await fetch(`${await serveStatus(counts)}/status/metrics`)).text();
  }

  function serveStatus(counts: RequestCounts, onRequest = () => {}): Promise<string> {
    const koa = new Koa();
    koa.use((_ctx, next) => {
      onRequest();
      return next();
    });
    koa.use(
      statusRoutes({
        health: { state: 'ready' },
        counts,
        availability: { isAvailable: false, problem: 'away', explain: ({ message }) => message },
        probe: () => Promise.reject(new Error('no probe is wanted')),
        diagnostics: 'open',
      }),
    );
    return serve(koa.callback());
  }

  function valueOf(lines: string[], name: string): number {
    const line = lines.find((each) => each.startsWith(`${name} `));
    return Number(line?.slice(name.length));
  }
});
