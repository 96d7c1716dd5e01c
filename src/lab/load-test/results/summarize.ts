/** Makes the summary of a load test from its single requests. */
import { build } from 'hdr-histogram-js';
import { countConnections } from '../sending/load.ts';
import type { Figures, Measures, Percentile, Second, Step, Summary } from '../summary.ts';
import { LOGIN_LOST, VALUE_WRONG } from '../visitors/visitor.ts';
import type { Begin, Line, Request, StepBegin } from './file.ts';

const NO_INSTANCE = 'none'; // the name for requests that no instance has answered

const PERCENTS = [
  0, 10, 25, 50, 75, 90, 95, 97.5, 99, 99.5, 99.75, 99.9, 99.95, 99.99, 99.995, 99.999, 100,
];

/** The lines of a test that was killed end in the middle of a step; they count as well. */
export async function summarize(
  begin: Begin,
  lines: AsyncIterable<Line> | Iterable<Line>,
): Promise<Summary> {
  const interval = intervalOf(begin);
  const total = createParts(interval);
  const steps: ReturnType<typeof createStep>[] = [];

  for await (const line of lines) {
    if (line.type === 'step') steps.push(createStep(line, interval));
    if (line.type === 'end') steps.at(-1)!.end(line);
    if (line.type === 'request') for (const part of [total, steps.at(-1)!]) part.add(line);
  }

  total.all.addLogins(steps[0]?.logins ?? 0);
  const summaries = steps.map((step) => step.summary());
  const duration = summaries.reduce((sum, step) => sum + step.duration, 0);
  return { scenario: begin.scenario, ...total.figures(duration), steps: summaries };
}

/** Between two requests of one connection, in milliseconds; null for as fast as answers come. */
function intervalOf({ rate, connections }: Begin): number | null {
  return rate === null ? null : (1000 * countConnections(connections, rate)) / rate;
}

function createStep({ at, count, logins }: StepBegin, interval: number | null) {
  const parts = createParts(interval);
  const timeline = createTimeline();
  let endedAt = at;
  parts.all.addLogins(logins);

  return { add, end, summary, logins };

  function add(request: Request) {
    parts.add(request);
    timeline.add(request);
    endedAt = Math.max(endedAt, request.at + request.latency);
  }

  function end(line: { at: number }) {
    endedAt = line.at;
  }

  function summary(): Step {
    return {
      count,
      ...parts.figures((endedAt - at) / 1000),
      percentiles: parts.all.percentiles(),
      timeline: timeline.seconds(),
    };
  }
}

/** All requests, and those of each instance. */
function createParts(interval: number | null) {
  const all = createTally(interval);
  const byInstance = new Map<string, Tally>();

  return { all, add, figures };

  function add(request: Request) {
    all.add(request);
    tallyOf(request.instance ?? NO_INSTANCE).add(request);
  }

  function tallyOf(instance: string): Tally {
    const tally = byInstance.get(instance) ?? createTally(interval);
    byInstance.set(instance, tally);
    return tally;
  }

  function figures(duration: number): Figures {
    const instances = [...byInstance]
      .toSorted(([one], [other]) => one.localeCompare(other, 'en', { numeric: true }))
      .map(([instance, tally]) => [instance, tally.measures(duration)]);
    return { ...all.measures(duration), instances: Object.fromEntries(instances) };
  }
}

type Tally = ReturnType<typeof createTally>;

/**
 * Counts requests and keeps their latencies. A connection should send a request every `interval`
 * milliseconds, or as fast as answers come for null. A request that took longer kept others from being
 * sent, which would have waited too: they count as if they had been sent (HdrHistogram's correction for
 * coordinated omission).
 */
function createTally(interval: number | null) {
  const histogram = build({ numberOfSignificantValueDigits: 3 }); // microseconds
  const errors: Record<string, number> = {};
  let requests = 0;
  let logins = 0;
  let loginsLost = 0;
  let valuesWrong = 0;

  return { add, addLogins, measures, percentiles };

  function add({ request, status, latency, fault }: Request) {
    requests++;
    if (status !== null) keepLatency(latency);
    if (fault === LOGIN_LOST) loginsLost++;
    else if (fault === VALUE_WRONG) valuesWrong++;
    else if (fault !== null) errors[fault] = (errors[fault] ?? 0) + 1;
    else if (request === 'POST /session/sign-in') logins++;
  }

  function keepLatency(latency: number) {
    const value = Math.round(1000 * latency);
    if (interval === null) histogram.recordValue(value);
    else histogram.recordValueWithExpectedInterval(value, Math.round(1000 * interval));
  }

  /** Adds the logins of users who were signed in before. */
  function addLogins(count: number) {
    logins += count;
  }

  /** The duration is in seconds. */
  function measures(duration: number): Measures {
    const rate = duration > 0 ? requests / duration : 0;
    const latency = {
      p50: latencyAt(50),
      p95: latencyAt(95),
      p99: latencyAt(99),
      max: latencyAt(100),
    };
    return { requests, rate, duration, latency, errors, logins, loginsLost, valuesWrong };
  }

  function percentiles(): Percentile[] {
    return PERCENTS.map((percent) => ({ percent, latency: latencyAt(percent) }));
  }

  /** Milliseconds; 0 when nothing was answered. */
  function latencyAt(percent: number): number {
    return histogram.getValueAtPercentile(percent) / 1000;
  }
}

function createTimeline() {
  const bySecond = new Map<number, Second>();

  return { add, seconds };

  function add({ at, latency, instance, fault }: Request) {
    const second = secondOf(Math.floor((at + latency) / 1000));
    const answeredBy = instance ?? NO_INSTANCE;
    second.answers[answeredBy] = (second.answers[answeredBy] ?? 0) + 1;
    if (fault !== null) second.faults++;
  }

  function secondOf(number: number): Second {
    const second = bySecond.get(number) ?? { second: number, answers: {}, faults: 0 };
    bySecond.set(number, second);
    return second;
  }

  /** Leaves out seconds without an answer. */
  function seconds(): Second[] {
    return [...bySecond.values()].toSorted((one, other) => one.second - other.second);
  }
}
