/** Makes the summary of a load test from its seconds; several tests at once become one. */
import { build, decodeFromCompressedBase64 } from 'hdr-histogram-js';
import { Problem } from '../../command-line/problem.ts';
import type {
  Figures,
  LoadTestUse,
  Measures,
  Percentile,
  Second,
  Step,
  Summary,
} from '../summary.ts';
import {
  type Begin,
  countFailures,
  type Line,
  type SecondLine,
  type StepBegin,
  type StepEnd,
} from './file.ts';

/** The results of one load test. */
export interface Results {
  begin: Begin;
  lines: AsyncIterable<Line> | Iterable<Line>;
}

const SIGN_IN = 'POST /session/sign-in';
const NO_INSTANCE = 'none'; // the name for requests that no instance has answered

const PERCENTS = [
  0, 10, 25, 50, 75, 90, 95, 97.5, 99, 99.5, 99.75, 99.9, 99.95, 99.99, 99.995, 99.999, 100,
];

/**
 * The clocks of the machines say how the results lie in time. The lines of a test that was killed end
 * in the middle of a step; they count as well. Throws a problem when the tests have different steps.
 */
export async function summarize(tests: Results[]): Promise<Summary> {
  const startedAt = Math.min(...tests.map(({ begin }) => Date.parse(begin.startedAt)));
  const total = new Parts();
  const steps: StepTally[] = [];

  for (const { begin, lines } of tests) {
    const later = Date.parse(begin.startedAt) - startedAt;
    let current = -1;
    for await (const line of lines) {
      if (line.type === 'step') {
        current++;
        steps[current] ??= new StepTally(line.count);
        steps[current]!.begin(line, later);
        if (current === 0) total.all.addLogins(line.logins);
      }
      if (line.type === 'end') steps[current]!.end(line, later);
      if (line.type === 'second') {
        steps[current]!.add(line, later);
        total.add(line);
      }
    }
  }

  const summaries = steps.map((step) => step.summary());
  const duration = summaries.reduce((sum, step) => sum + step.duration, 0);
  const figures = total.figures(duration);
  return {
    scenario: [...new Set(tests.map(({ begin }) => begin.scenario))].join(', '),
    ...figures,
    loadTest: mostBusy(summaries),
    steps: summaries,
  };
}

/** Of all steps: one in which the load test was the bottleneck is enough. */
function mostBusy(steps: Step[]): LoadTestUse | null {
  const uses = steps.flatMap(({ loadTest }) => loadTest ?? []);
  return uses.toSorted((one, other) => other.busy - one.busy)[0] ?? null;
}

/** One step, in all tests. */
class StepTally {
  readonly #count: number | null;
  readonly #parts = new Parts();
  readonly #timeline = new Timeline();
  readonly #ends: StepEnd[] = [];
  #beganAt = Infinity; // milliseconds
  #lastAnswerAt = 0;

  constructor(count: number | null) {
    this.#count = count;
  }

  begin({ at, count, logins }: StepBegin, later: number): void {
    if (count !== this.#count) {
      throw new Problem('These files do not belong together: their steps differ.');
    }
    this.#beganAt = Math.min(this.#beganAt, at + later);
    this.#parts.all.addLogins(logins);
  }

  add(line: SecondLine, later: number): void {
    const second = line.second + Math.round(later / 1000);
    this.#parts.add(line);
    this.#timeline.add(second, line);
    this.#lastAnswerAt = Math.max(this.#lastAnswerAt, 1000 * (second + 1));
  }

  end(line: StepEnd, later: number): void {
    this.#ends.push({ ...line, at: line.at + later });
  }

  summary(): Step {
    const endedAt = Math.max(...this.#ends.map(({ at }) => at));
    const isEnded = this.#ends.length > 0;
    const end = isEnded ? endedAt : Math.max(this.#lastAnswerAt, this.#beganAt);
    return {
      count: this.#count,
      ...this.#parts.figures((end - this.#beganAt) / 1000),
      loadTest: isEnded ? this.#use() : null,
      percentiles: this.#parts.all.percentiles(),
      timeline: this.#timeline.seconds(),
    };
  }

  #use(): LoadTestUse {
    return {
      threads: sum(this.#ends.map(({ threads }) => threads)),
      busy: Math.max(...this.#ends.map(({ busy }) => busy)),
      processor: sum(this.#ends.map(({ processor }) => processor)) / this.#parts.all.requests,
    };
  }
}

/** All requests, and those of each instance. */
class Parts {
  readonly all = new Total();
  readonly #byInstance = new Map<string, Total>();

  add(line: SecondLine): void {
    const name = line.instance ?? NO_INSTANCE;
    const ofInstance = this.#byInstance.get(name) ?? new Total();
    this.#byInstance.set(name, ofInstance);
    for (const total of [this.all, ofInstance]) total.add(line);
  }

  figures(duration: number): Figures {
    const instances = [...this.#byInstance]
      .toSorted(([one], [other]) => one.localeCompare(other, 'en', { numeric: true }))
      .map(([instance, total]) => [instance, total.measures(duration)]);
    return { ...this.all.measures(duration), instances: Object.fromEntries(instances) };
  }
}

/** Adds lines up. */
class Total {
  readonly #latencies = build({ numberOfSignificantValueDigits: 3 }); // microseconds
  readonly #errors: Record<string, number> = {};
  requests = 0;
  #logins = 0;
  #loginsLost = 0;
  #valuesWrong = 0;

  add({ request, requests, failures, loginsLost, valuesWrong, latencies }: SecondLine): void {
    this.requests += requests;
    this.#loginsLost += loginsLost;
    this.#valuesWrong += valuesWrong;
    this.#latencies.add(decodeFromCompressedBase64(latencies));
    for (const [kind, times] of Object.entries(failures)) {
      this.#errors[kind] = (this.#errors[kind] ?? 0) + times;
    }
    if (request === SIGN_IN) this.#logins += requests - sum(Object.values(failures));
  }

  /** Adds the logins of users who were signed in before. */
  addLogins(count: number): void {
    this.#logins += count;
  }

  /** The duration is in seconds. */
  measures(duration: number): Measures {
    return {
      requests: this.requests,
      rate: duration > 0 ? this.requests / duration : 0,
      duration,
      latency: {
        p50: this.#latencyAt(50),
        p95: this.#latencyAt(95),
        p99: this.#latencyAt(99),
        max: this.#latencyAt(100),
      },
      errors: this.#errors,
      logins: this.#logins,
      loginsLost: this.#loginsLost,
      valuesWrong: this.#valuesWrong,
    };
  }

  percentiles(): Percentile[] {
    return PERCENTS.map((percent) => ({ percent, latency: this.#latencyAt(percent) }));
  }

  /** Milliseconds; 0 when nothing was answered. */
  #latencyAt(percent: number): number {
    return this.#latencies.getValueAtPercentile(percent) / 1000;
  }
}

class Timeline {
  readonly #bySecond = new Map<number, Second>();

  add(second: number, line: SecondLine): void {
    const record = this.#bySecond.get(second) ?? { second, answers: {}, failures: 0 };
    this.#bySecond.set(second, record);
    const answeredBy = line.instance ?? NO_INSTANCE;
    record.answers[answeredBy] = (record.answers[answeredBy] ?? 0) + line.requests;
    record.failures += countFailures(line);
  }

  /** Leaves out seconds without an answer. */
  seconds(): Second[] {
    return [...this.#bySecond.values()].toSorted((one, other) => one.second - other.second);
  }
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
