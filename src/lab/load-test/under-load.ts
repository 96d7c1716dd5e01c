/** Load for experiments: it runs silently while something happens to the app. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readResults } from './results/file.ts';
import { summarize } from './results/summarize.ts';
import { type Observer, type Plan, runLoadTest } from './run.ts';
import type { Outcome } from './sending/connection.ts';
import type { Summary } from './summary.ts';
import type { Scenario } from './visitors/visitors.ts';

export interface Load {
  scenario: Scenario;
  users: number;
  /** Which the users share; each user has one if not given. */
  connections?: number;
  /** Requests per second; null for as fast as answers come. */
  rate: number | null;
  /** Seconds. */
  duration: number;
}

export interface Observed {
  summary: Summary;
  /** None where several threads put the load on. */
  outcomes: Outcome[];
}

const NEVER = new AbortController().signal;

/**
 * Calls `happening` as soon as the users are signed up. Resolves when it and the load are over. Until
 * then, files are in a directory within `parent`.
 */
export async function underLoad(
  origin: string,
  load: Load,
  happening: () => Promise<unknown>,
  signal = NEVER,
  parent = tmpdir(),
): Promise<Observed> {
  const outcomes: Outcome[] = [];
  let begun: () => void;
  const loadBegins = new Promise<void>((resolve) => (begun = resolve));
  const observer = {
    say() {},
    stepBegins: () => begun(),
    counted() {},
    ...(load.rate === null ? {} : { answered: (outcome: Outcome) => void outcomes.push(outcome) }),
    stepEnds() {},
  };
  const [summary] = await Promise.all([
    measureLoad(planFor(origin, load), { observer, signal, parent }),
    loadBegins.then(happening),
  ]);
  return { summary, outcomes };
}

interface Around {
  observer: Observer;
  signal: AbortSignal;
  /** For a directory with the results, which is removed. */
  parent?: string;
}

/** Runs a load test, and returns what it comes to. */
export async function measureLoad(
  plan: Plan,
  { observer, signal, parent = tmpdir() }: Around,
): Promise<Summary> {
  const directory = await mkdtemp(join(parent, 'load-'));
  const path = join(directory, 'results.jsonl');
  try {
    const begin = await runLoadTest(plan, { path, signal, observer });
    return await summarize([{ begin, lines: readResults(path) }]);
  } finally {
    await rm(directory, { recursive: true });
  }
}

function planFor(origin: string, load: Load): Plan {
  return {
    connections: load.users,
    ...load,
    origin,
    ramp: 0,
    counts: [null],
    scale: null,
    isAnyTarget: false,
  };
}
