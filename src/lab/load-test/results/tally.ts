/** Counts outcomes second by second, for each request and each instance. */
import { build, encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import type { Outcome } from '../sending/connection.ts';
import { LOGIN_LOST, VALUE_WRONG } from '../visitors/visitor.ts';
import type { SecondLine } from './file.ts';

export class Tally {
  readonly #startedAt: number;
  readonly #report: (lines: SecondLine[]) => void;
  /** By instance, for each name of a request. */
  readonly #counters = new Map<string, Map<string | null, Counter>>();
  #second = 0;

  /** The start is a time as `performance.now()`. Receives the lines of each second when it is over. */
  constructor(startedAt: number, report: (lines: SecondLine[]) => void) {
    this.#startedAt = startedAt;
    this.#report = report;
  }

  /** The outcome counts in the second of its answer. */
  add(outcome: Outcome): void {
    const { request, instance, sentAt, latency } = outcome;
    const second = Math.floor((sentAt + latency - this.#startedAt) / 1000);
    if (second !== this.#second) this.flush();
    this.#second = second;
    this.#counterOf(request, instance).add(outcome);
  }

  /** Reports what is not reported yet. */
  flush(): void {
    const lines: SecondLine[] = [];
    for (const [request, counters] of this.#counters) {
      for (const [instance, counter] of counters) {
        const figures = counter.take();
        if (figures)
          lines.push({ type: 'second', second: this.#second, request, instance, ...figures });
      }
    }
    if (lines.length > 0) this.#report(lines);
  }

  #counterOf(request: string, instance: string | null): Counter {
    let counters = this.#counters.get(request);
    if (!counters) this.#counters.set(request, (counters = new Map()));
    let counter = counters.get(instance);
    if (!counter) counters.set(instance, (counter = new Counter()));
    return counter;
  }
}

type CounterFigures = Omit<SecondLine, 'type' | 'second' | 'request' | 'instance'>;

class Counter {
  readonly #latencies = build({ numberOfSignificantValueDigits: 3 }); // microseconds
  #requests = 0;
  #failures: Record<string, number> = {};
  #loginsLost = 0;
  #valuesWrong = 0;

  add({ dueAt, sentAt, latency, status, failure }: Outcome): void {
    this.#requests++;
    if (status !== null) {
      this.#latencies.recordValue(Math.round(1000 * (sentAt + latency - dueAt)));
    }
    if (failure === LOGIN_LOST) this.#loginsLost++;
    else if (failure === VALUE_WRONG) this.#valuesWrong++;
    else if (failure !== null) this.#failures[failure] = (this.#failures[failure] ?? 0) + 1;
  }

  /** Returns the figures since the last call, or null when there are none. */
  take(): CounterFigures | null {
    if (this.#requests === 0) return null;
    const figures = {
      requests: this.#requests,
      failures: this.#failures,
      loginsLost: this.#loginsLost,
      valuesWrong: this.#valuesWrong,
      latencies: encodeIntoCompressedBase64(this.#latencies),
    };
    this.#latencies.reset();
    this.#failures = {};
    this.#requests = this.#loginsLost = this.#valuesWrong = 0;
    return figures;
  }
}
