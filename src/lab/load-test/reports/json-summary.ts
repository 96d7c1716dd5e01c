/** The summary as `--json` writes it, for programs. Times are in milliseconds, rates per second. */
import type { Measures, Step, Summary } from '../summary.ts';

export function jsonSummary(summary: Summary): string {
  const { scenario, steps } = summary;
  const all = { scenario, ...toFigures(summary), steps: steps.map(toStep) };
  return `${JSON.stringify(all, null, 2)}\n`;
}

function toStep(step: Step) {
  return { count: step.count, ...toFigures(step) };
}

function toFigures({ instances, loadTest, ...measures }: Summary | Step) {
  const { requests, rate, duration, latency, errors, logins, loginsLost, valuesWrong } = measures;
  return {
    requests,
    rate: round(rate),
    duration: round(duration),
    latency,
    errors,
    logins,
    loginsLost,
    valuesWrong,
    loadTest: loadTest && {
      threads: loadTest.threads,
      busy: round(loadTest.busy),
      processor: round(loadTest.processor),
    },
    instances: Object.fromEntries(
      Object.entries(instances).map(([name, figures]) => [name, toInstance(figures)]),
    ),
  };
}

function toInstance({ requests, rate, latency, errors, loginsLost, valuesWrong }: Measures) {
  return { requests, rate: round(rate), p99: latency.p99, errors, loginsLost, valuesWrong };
}

function round(number: number): number {
  return Math.round(1000 * number) / 1000;
}
