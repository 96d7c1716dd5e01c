/** Load tests as they go: a scale-out without a failure, one with a crash, and some that hardly began. */
import type {
  Figures,
  Measures,
  Percentile,
  Second,
  Step,
  Summary,
} from '../../../src/lab/load-test/summary.ts';

const GUIDS = ['07c9bb3d', '17c9bb3d', '27c9bb3d', '37c9bb3d'];
const BACK = '1/e5a0c412';

/** 1, 2 and 4 instances for 10 seconds each. */
export function scaleOut(): Summary {
  return summarize([step(1, 0, 810, 38), step(2, 10, 1490, 24), step(4, 20, 1720, 21)]);
}

/** Of 3 instances, the second crashes and comes back under another GUID. */
export function crash(): Summary {
  const calm = step(3, 0, 1200, 30);
  const timeline = calm.timeline.map(killSecond);
  const instances = {
    ...calm.instances,
    '1/17c9bb3d': measures(1500, 150, 28, { ECONNRESET: 3 }),
    [BACK]: measures(1500, 150, 41),
    none: measures(243, 24, 300, { 'HTTP 502': 212, timeout: 31 }),
  };
  return summarize([
    {
      ...calm,
      errors: { 'HTTP 502': 212, timeout: 31, ECONNRESET: 3 },
      loginsLost: 17,
      valuesWrong: 1,
      timeline,
      instances,
    },
  ]);
}

/** Nobody asked for a number of instances. */
export function asFound(): Summary {
  const found = step(2, 0, 640, 30);
  return summarize([{ ...found, count: null }]);
}

/** Not one request was answered. */
export function unanswered(): Summary {
  const latency = { p50: 0, p95: 0, p99: 0, max: 0 };
  const nothing = { ...measures(300, 30, 0, { ECONNREFUSED: 300 }), latency, logins: 0 };
  const timeline = range(10).map((second) => ({ second, answers: {}, failures: 30 }));
  return summarize([
    {
      ...nothing,
      count: null,
      loadTest: null,
      percentiles: [0, 50, 100].map((percent) => ({ percent, latency: 0 })),
      timeline,
      instances: { none: nothing },
    },
  ]);
}

function summarize(steps: Step[]): Summary {
  const requests = sum(steps.map((one) => one.requests));
  const duration = sum(steps.map((one) => one.duration));
  const last = steps.at(-1)!;
  const max = Math.max(...steps.map((one) => one.latency.max));
  return {
    ...last,
    latency: { ...last.latency, max },
    scenario: 'signed-in reads and writes',
    steps,
    requests,
    duration,
    rate: requests / duration,
    instances: Object.assign({}, ...steps.map((one) => one.instances)),
  };
}

function step(count: number, begin: number, rate: number, p99: number): Step {
  const names = GUIDS.slice(0, count).map((guid, index) => `${index}/${guid}`);
  const timeline = range(10).map((i) => second(begin + i, names, rate));
  const figures: Figures = {
    ...measures(rate * 10, rate, p99),
    instances: Object.fromEntries(
      names.map((name) => [name, measures((rate * 10) / count, rate / count, p99)]),
    ),
  };
  const loadTest = { threads: 2, busy: 0.03 * count, processor: 20 };
  return { ...figures, count, loadTest, percentiles: percentiles(p99), timeline };
}

function second(at: number, names: string[], rate: number): Second {
  const answers = names.map((name, i) => [
    name,
    Math.round((rate / names.length) * (1 + 0.06 * Math.sin(at * 2.1 + i * 1.7))),
  ]);
  return { second: at, answers: Object.fromEntries(answers), failures: 0 };
}

function killSecond({ second: at, answers }: Second): Second {
  const { '1/17c9bb3d': killed, ...others } = answers;
  if (at < 4) return { second: at, answers, failures: 0 };
  if (at < 6)
    return { second: at, answers: { ...others, none: 106 }, failures: at === 4 ? 140 : 124 };
  return { second: at, answers: { ...others, [BACK]: killed! }, failures: 0 };
}

function measures(
  requests: number,
  rate: number,
  p99: number,
  errors: Record<string, number> = {},
): Measures {
  const latency = { p50: p99 / 6, p95: p99 / 2, p99, max: p99 * 7 };
  return {
    requests,
    rate,
    duration: 10,
    latency,
    errors,
    logins: 50,
    loginsLost: 0,
    valuesWrong: 0,
  };
}

function percentiles(p99: number): Percentile[] {
  const below = range(41).map((i) => {
    const nines = i / 10;
    const growth = (nines - 2) / 2.4 + 0.12 * Math.sin(nines * Math.PI);
    return { percent: 100 * (1 - 10 ** -nines), latency: p99 * 8 ** growth };
  });
  return [...below, { percent: 100, latency: p99 * 7 }];
}

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
