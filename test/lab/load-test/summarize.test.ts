/** From outcomes to figures: known inputs, known results. */
import type { Begin, Line, SecondLine } from '../../../src/lab/load-test/results/file.ts';
import { summarize as summarizeAll } from '../../../src/lab/load-test/results/summarize.ts';
import { Tally } from '../../../src/lab/load-test/results/tally.ts';
import type { Outcome } from '../../../src/lab/load-test/sending/connection.ts';

const begin: Begin = {
  type: 'begin',
  version: 2,
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

function end(at: number, busy = 0.5): Line {
  return { type: 'end', at, threads: 2, busy, processor: 1000 };
}

function request(sentAt: number, rest: Partial<Outcome> = {}): Outcome {
  return {
    dueAt: sentAt,
    sentAt,
    request: 'GET /:key',
    instance: '0/aaaaaaaa',
    status: 200,
    latency: 1,
    failure: null,
    ...rest,
  };
}

/** Returns the lines that a load test writes for these outcomes, in the order of their answers. */
function count(outcomes: Outcome[], startedAt = 0): SecondLine[] {
  const lines: SecondLine[] = [];
  const tally = new Tally(startedAt, (reported) => lines.push(...reported));
  for (const outcome of outcomes) tally.add(outcome);
  tally.flush();
  return lines;
}

/** Lines and outcomes in the order of time. */
function summarize(of: Begin, entries: (Line | Outcome)[]) {
  return summarizeAll([{ begin: of, lines: toLines(entries) }]);
}

function toLines(entries: (Line | Outcome)[]): Line[] {
  return entries.flatMap((entry) => ('type' in entry ? entry : count([entry])));
}

/** One after another, with latencies of 1 ms, 2 ms and so on. */
function hundredRequests(): Outcome[] {
  return Array.from({ length: 100 }, (_, i) => request(10 * i, { latency: i + 1 }));
}

it('gives the percentiles of the latencies', async () => {
  const { latency } = await summarize(begin, [step(0), ...hundredRequests(), end(1000)]);

  expect(latency.p50).toBeCloseTo(50, 1);
  expect(latency.p95).toBeCloseTo(95, 1);
  expect(latency.p99).toBeCloseTo(99, 1);
  expect(latency.max).toBeCloseTo(100, 1);
});

it('gives the latencies of a step at percentiles from the lowest to the highest', async () => {
  const { steps } = await summarize(begin, [step(0), ...hundredRequests(), end(1000)]);

  const { percentiles } = steps[0]!;
  expect(percentiles.map(({ percent }) => percent)).toEqual([
    0, 10, 25, 50, 75, 90, 95, 97.5, 99, 99.5, 99.75, 99.9, 99.95, 99.99, 99.995, 99.999, 100,
  ]);
  expect(percentiles.map(({ latency }) => Math.round(latency))).toEqual([
    1,
    10,
    25,
    50,
    75,
    90,
    95,
    98,
    99,
    ...Array.from({ length: 8 }, () => 100),
  ]);
});

it('gives requests per second', async () => {
  const summary = await summarize(begin, [step(500), ...hundredRequests(), end(4500)]);

  expect(summary).toMatchObject({ requests: 100, duration: 4, rate: 25 });
});

it('counts errors by kind, and apart from them lost logins and wrong values', async () => {
  const failures = ['HTTP 503', 'timeout', 'HTTP 503', 'login lost', 'value wrong', 'value wrong'];
  const requests = failures.map((failure, i) => request(i, { failure }));

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
  const failed = request(1, { request: 'POST /session/sign-in', failure: 'HTTP 503' });

  const summary = await summarize(begin, [step(0, null, 2), signIn, failed, end(1000)]);

  expect(summary.logins).toBe(3);
});

it('tells the instances apart, in their order, and what none of them has answered', async () => {
  const requests = [
    request(0, { instance: '10/bbbbbbbb' }),
    request(1, { instance: '2/cccccccc' }),
    request(2, { instance: '10/bbbbbbbb', failure: 'login lost' }),
    request(3, { instance: null, status: null, failure: 'ECONNRESET' }),
  ];

  const { instances } = await summarize(begin, [step(0), ...requests, end(1000)]);

  expect(Object.keys(instances)).toEqual(['2/cccccccc', '10/bbbbbbbb', 'none']);
  expect(instances['10/bbbbbbbb']).toMatchObject({ requests: 2, rate: 2, loginsLost: 1 });
  expect(instances.none).toMatchObject({ requests: 1, errors: { ECONNRESET: 1 } });
});

it('leaves out of the latencies what was never answered', async () => {
  const lost = request(0, { status: null, latency: 10_000, failure: 'timeout' });

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
    request(5300, { failure: 'login lost' }),
    end(7000),
  ];

  const summary = await summarize(begin, lines);

  expect(summary).toMatchObject({ requests: 4, duration: 3, logins: 2, loginsLost: 1 });
  expect(summary.steps).toMatchObject([
    { count: 1, requests: 1, rate: 1, logins: 2, loginsLost: 0 },
    { count: 2, requests: 3, rate: 1.5, logins: 2, loginsLost: 1 },
  ]);
});

it('counts answers and failures by the second in which they came', async () => {
  const lines = [
    step(0),
    request(100),
    request(900, { latency: 200, instance: '1/bbbbbbbb' }),
    request(1500, { failure: 'HTTP 503' }),
    end(2000),
  ];

  const { steps } = await summarize(begin, lines);

  expect(steps[0]!.timeline).toEqual([
    { second: 0, answers: { '0/aaaaaaaa': 1 }, failures: 0 },
    { second: 1, answers: { '1/bbbbbbbb': 1, '0/aaaaaaaa': 1 }, failures: 1 },
  ]);
});

it('takes the second of the last answer for the end of a test that was killed', async () => {
  const { duration } = await summarize(begin, [step(0), request(1900, { latency: 50 })]);

  expect(duration).toBe(2);
});

it('lasts no time when it was killed before the first answer', async () => {
  expect((await summarize(begin, [step(5000)])).duration).toBe(0);
});

it('counts lost logins and wrong values with the failures of a second', async () => {
  const failures = ['HTTP 503', 'timeout', 'HTTP 503', 'login lost', 'value wrong'];
  const requests = failures.map((failure, i) => request(i, { failure }));
  const { steps } = await summarize(begin, [step(0), ...requests, end(1000)]);

  expect(steps[0]!.timeline).toMatchObject([{ failures: 5 }]);
});

it('is all zeros for a test in which nothing was sent', async () => {
  expect(await summarize(begin, [])).toMatchObject({ requests: 0, rate: 0, latency: { p99: 0 } });
});

it('counts the wait from when a request was due', async () => {
  const late = request(1000, { dueAt: 200, latency: 100 });

  const { latency } = await summarize(begin, [step(0), late, end(1100)]);

  expect(latency.p50).toBeCloseTo(900, -1);
});

it('puts the answers of a second together, and those of all connections', async () => {
  const requests = [request(0), request(100), request(200, { failure: 'HTTP 503' })];
  const lines = count(requests);

  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ second: 0, requests: 3, failures: { 'HTTP 503': 1 } });
});

it('begins each second anew, from the start of the load test on', async () => {
  const outcomes = [
    request(5000, { latency: 20, failure: 'HTTP 503' }),
    request(5100, { failure: 'HTTP 503' }),
    request(5200, { request: 'PUT /:key' }),
    request(6000, { latency: 999, failure: 'login lost' }),
    request(6100, { latency: 899, failure: 'value wrong' }),
    request(6990, { latency: 10 }),
  ];
  const lines = count(outcomes, 5000);
  const read = { request: 'GET /:key', failures: {}, loginsLost: 0, valuesWrong: 0 };

  const figures = lines.map((line) => ({
    request: line.request,
    second: line.second,
    requests: line.requests,
    failures: line.failures,
    loginsLost: line.loginsLost,
    valuesWrong: line.valuesWrong,
  }));
  expect(figures).toEqual([
    { ...read, second: 0, requests: 2, failures: { 'HTTP 503': 2 } },
    { ...read, second: 0, requests: 1, request: 'PUT /:key' },
    { ...read, second: 1, requests: 2, loginsLost: 1, valuesWrong: 1 },
    { ...read, second: 2, requests: 1 },
  ]);
  const { latency } = await summarize(begin, [step(0), lines[3]!, end(1000)]);
  expect(latency.max).toBeCloseTo(10, 1);
});

it('has nothing to report before a request', () => {
  expect(count([])).toEqual([]);
});

it('says how busy the load test was: in the step in which it was busiest', async () => {
  const uses = [0.4, 0.9, 0.6];
  const lines = uses.flatMap((busy, i) => [
    step(1000 * i, i + 1),
    request(1000 * i),
    end(1000 * i + 1000, busy),
  ]);

  const { loadTest, steps } = await summarize(begin, lines);

  expect(loadTest).toEqual({ threads: 2, busy: 0.9, processor: 1000 });
  expect(steps.map((each) => each.loadTest?.busy)).toEqual(uses);
});

describe('of load tests on several machines', () => {
  const later = { ...begin, startedAt: '2026-11-21T09:00:02.000Z' };
  const first = [step(0, null, 2), request(500), request(2500), end(4000)];
  const second = [
    step(0, null, 3),
    request(500, { latency: 50, instance: '1/bbbbbbbb' }),
    request(600, { failure: 'login lost' }),
    end(4000, 0.8),
  ];

  it('adds up requests, logins and threads, in the time from the first to the last', async () => {
    const summary = await summarizeAll([
      { begin, lines: toLines(first) },
      { begin: later, lines: toLines(second) },
    ]);

    expect(summary).toMatchObject({
      requests: 4,
      duration: 6,
      logins: 5,
      loginsLost: 1,
      latency: { p50: expect.closeTo(1, 1), max: expect.closeTo(50, 1) },
      loadTest: { threads: 4, busy: 0.8, processor: 500 },
    });
    expect(Object.keys(summary.instances)).toEqual(['0/aaaaaaaa', '1/bbbbbbbb']);
  });

  it('takes that time also from files in another order', async () => {
    const { duration, loadTest } = await summarizeAll([
      { begin: later, lines: toLines(second) },
      { begin, lines: toLines(first) },
    ]);

    expect(duration).toBe(6);
    expect(loadTest).toEqual({ threads: 4, busy: 0.8, processor: 500 });
  });

  it('takes the latest answer for their end when all were killed', async () => {
    const tests = [2500, 500].map((sentAt) => ({
      begin,
      lines: toLines([step(0), request(sentAt)]),
    }));
    const { scenario, duration, loadTest } = await summarizeAll(tests);

    expect({ scenario, duration, loadTest }).toEqual({
      scenario: 'mixed',
      duration: 3,
      loadTest: null,
    });
  });

  it('aligns their seconds by the clock', async () => {
    const { steps } = await summarizeAll([
      { begin: later, lines: toLines(second) },
      { begin, lines: toLines(first) },
    ]);

    expect(steps[0]!.timeline).toEqual([
      { second: 0, answers: { '0/aaaaaaaa': 1 }, failures: 0 },
      { second: 2, answers: { '0/aaaaaaaa': 2, '1/bbbbbbbb': 1 }, failures: 1 },
    ]);
  });

  it('rounds to whole seconds between their clocks, and names all that was asked for', async () => {
    const soon = { ...begin, scenario: 'keys', startedAt: '2026-11-21T09:00:01.600Z' };
    const { scenario, steps } = await summarizeAll([
      { begin, lines: toLines(first) },
      { begin: soon, lines: toLines(second) },
    ]);

    expect(scenario).toBe('mixed, keys');
    expect(steps[0]!.timeline.map((each) => each.second)).toEqual([0, 2]);
  });

  it('refuses tests whose steps differ', async () => {
    const tests = [
      { begin, lines: [step(0, 1), end(1000)] },
      { begin, lines: [step(0, 2), end(1000)] },
    ];

    await expect(summarizeAll(tests)).rejects.toThrow('These files do not belong together');
  });
});
