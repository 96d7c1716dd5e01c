/** From single requests to the summary of a load test. */
import { countConnections } from '../sending/load.ts';
import type { Figures, Second, Step, Summary } from '../summary.ts';
import type { Begin, Line, Request, StepBegin } from './lines.ts';
import { createTally, type Tally } from './measures.ts';

/** For what no instance has answered. */
const NO_INSTANCE = 'none';

/** The lines may end in the middle of a step, as those of a test that was killed do. */
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

  /** Without those in which nothing was answered. */
  function seconds(): Second[] {
    return [...bySecond.values()].toSorted((one, other) => one.second - other.second);
  }
}
