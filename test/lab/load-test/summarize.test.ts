/** From requests to figures: known inputs, known results. */
import type { Begin, Line, Request } from '../../../src/lab/load-test/results/file.ts';
import { summarize } from '../../../src/lab/load-test/results/summarize.ts';

const begin: Begin = {
  type: 'begin',
  version: 1,
  target: 'http://127.0.0.1:8080',
  scenario: 'mixed',
  startedAt: '2026-11-21T09:00:00.000Z',
  users: 2,
  connections: 2,
  rate: null,
  duration: 1,
  versions: {},
};

function step(at: number, count: number | null = null, logins = 0): Line {
  return { type: 'step', at, count, logins };
}

function end(at: number): Line {
  return { type: 'end', at };
}

function request(at: number, rest: Partial<Request> = {}): Request {
  return {
    type: 'request',
    at,
    request: 'GET /:key',
    instance: '0/aaaaaaaa',
    status: 200,
    latency: 1,
    fault: null,
    ...rest,
  };
}

/** One after another, with latencies of 1 ms, 2 ms and so on. */
function hundredRequests(): Request[] {
  return Array.from({ length: 100 }, (_, i) => request(10 * i, { latency: i + 1 }));
}

it('gives the percentiles of the latencies', async () => {
  const { latency } = await summarize(begin, [step(0), ...hundredRequests(), end(1000)]);

  expect(latency.p50).toBeCloseTo(50, 1);
  expect(latency.p95).toBeCloseTo(95, 1);
  expect(latency.p99).toBeCloseTo(99, 1);
  expect(latency.max).toBeCloseTo(100, 1);
});

it('gives requests per second', async () => {
  const summary = await summarize(begin, [step(500), ...hundredRequests(), end(4500)]);

  expect(summary).toMatchObject({ requests: 100, duration: 4, rate: 25 });
});

it('counts errors by kind, and apart from them lost logins and wrong values', async () => {
  const faults = ['HTTP 503', 'timeout', 'HTTP 503', 'login lost', 'value wrong', 'value wrong'];
  const requests = faults.map((fault, i) => request(i, { fault }));

  const summary = await summarize(begin, [step(0, null, 2), ...requests, end(1000)]);

  expect(summary).toMatchObject({
    requests: 6,
    errors: { 'HTTP 503': 2, timeout: 1 },
    logins: 2,
    loginsLost: 1,
    valuesWrong: 2,
  });
});

it('counts those who signed in again as further logins', async () => {
  const signIn = request(0, { request: 'POST /session/sign-in' });
  const failed = request(1, { request: 'POST /session/sign-in', fault: 'HTTP 503' });

  const summary = await summarize(begin, [step(0, null, 2), signIn, failed, end(1000)]);

  expect(summary.logins).toBe(3);
});

it('tells the instances apart, in their order, and what none of them has answered', async () => {
  const requests = [
    request(0, { instance: '10/bbbbbbbb' }),
    request(1, { instance: '2/cccccccc' }),
    request(2, { instance: '10/bbbbbbbb', fault: 'login lost' }),
    request(3, { instance: null, status: null, fault: 'ECONNRESET' }),
  ];

  const { instances } = await summarize(begin, [step(0), ...requests, end(1000)]);

  expect(Object.keys(instances)).toEqual(['2/cccccccc', '10/bbbbbbbb', 'none']);
  expect(instances['10/bbbbbbbb']).toMatchObject({ requests: 2, rate: 2, loginsLost: 1 });
  expect(instances.none).toMatchObject({ requests: 1, errors: { ECONNRESET: 1 } });
});

it('leaves out of the latencies what was never answered', async () => {
  const lost = request(0, { status: null, latency: 10_000, fault: 'timeout' });

  const { latency } = await summarize(begin, [step(0), request(0), lost, end(1000)]);

  expect(latency.max).toBeCloseTo(1, 1);
});

it('keeps the steps apart, and adds them up without the time between', async () => {
  const lines = [
    step(0, 1, 2),
    request(100),
    end(1000),
    step(5000, 2, 2),
    request(5100),
    request(5200),
    request(5300, { fault: 'login lost' }),
    end(7000),
  ];

  const summary = await summarize(begin, lines);

  expect(summary).toMatchObject({ requests: 4, duration: 3, logins: 2, loginsLost: 1 });
  expect(summary.steps).toMatchObject([
    { count: 1, requests: 1, rate: 1, loginsLost: 0 },
    { count: 2, requests: 3, rate: 1.5, loginsLost: 1 },
  ]);
});

it('counts answers and faults by the second in which they came', async () => {
  const lines = [
    step(0),
    request(100),
    request(900, { latency: 200, instance: '1/bbbbbbbb' }),
    request(1500, { fault: 'HTTP 503' }),
    end(2000),
  ];

  const { steps } = await summarize(begin, lines);

  expect(steps[0]!.timeline).toEqual([
    { second: 0, answers: { '0/aaaaaaaa': 1 }, faults: 0 },
    { second: 1, answers: { '1/bbbbbbbb': 1, '0/aaaaaaaa': 1 }, faults: 1 },
  ]);
});

it('takes the last answer for the end of a test that was killed', async () => {
  const { duration } = await summarize(begin, [step(0), request(1900, { latency: 100 })]);

  expect(duration).toBe(2);
});

it('is all zeros for a test in which nothing was sent', async () => {
  expect(await summarize(begin, [])).toMatchObject({ requests: 0, rate: 0, latency: { p99: 0 } });
});

describe('with a constant rate', () => {
  const constant = { ...begin, connections: 1, rate: 10 }; // one request each 100 ms

  it('counts those who could not even ask while one answer took long', async () => {
    const lines = [step(0), request(0), request(100, { latency: 1000 }), end(1100)];

    const { latency, steps } = await summarize(constant, lines);

    // As if requests at 200, 300, … had waited as well: 900, 800, … 100 ms
    expect(latency.p50).toBeCloseTo(500, -1);
    expect(latency.p95).toBeCloseTo(1000, -1);
    expect(steps[0]!.percentiles.find(({ percent }) => percent === 10)!.latency).toBeCloseTo(
      100,
      0,
    );
  });

  it('changes nothing as long as answers come within the interval', async () => {
    const { latency } = await summarize(constant, [step(0), request(0, { latency: 90 }), end(100)]);

    expect(latency.p50).toBeCloseTo(90, 0);
  });
});
