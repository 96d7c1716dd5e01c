/** What a monitor reads of an instance: how long its answers took, and which they were. */
import Koa from 'koa';
import { countAnswer, createRequestCounts } from '../../src/http/request-counts.ts';
import { statusRoutes } from '../../src/routes/status.ts';
import { serve } from '../support/serve.ts';

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

  async function readMetrics(counts: ReturnType<typeof createRequestCounts>): Promise<string> {
    const koa = new Koa();
    koa.use(
      statusRoutes({
        health: { state: 'ready' },
        counts,
        availability: { isAvailable: false, problem: 'away', explain: ({ message }) => message },
        probe: () => Promise.reject(new Error('no probe is wanted')),
        diagnostics: 'open',
      }),
    );
    const origin = await serve(koa.callback());
    return (await fetch(`${origin}/status/metrics`)).text();
  }

  function valueOf(lines: string[], name: string): number {
    const line = lines.find((each) => each.startsWith(`${name} `));
    return Number(line?.slice(name.length));
  }
});
