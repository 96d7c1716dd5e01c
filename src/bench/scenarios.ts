/** What is asked, of whom, and what the app should reach; and which of it a run is to measure. */
import { Problem } from '../foundry/problem.ts';
import {
  app,
  bareServer,
  bareSessionServer,
  expressServer,
  type Contestant,
} from './contestants.ts';
import type { Exchange } from './exchange.ts';
import { prepareRead, write } from './key-exchanges.ts';
import type { Goals, RateGoal } from './results.ts';
import { prepareSessionWrite, prepareSignedInRead } from './session-exchanges.ts';

export interface Scenario {
  name: string;
  /** The others are compared with the first, the base. */
  contestants: [Contestant, ...Contestant[]];
  goals: Goals;
  /** Readies the server at this origin, and returns what it is asked from then on. */
  prepare: (origin: string) => Promise<Exchange>;
}

const RESIDENT = 110; // MB

export const scenarios: Scenario[] = [
  {
    name: 'GET of 3 bytes',
    contestants: [bareServer, app],
    goals: keyGoals(0.85),
    prepare: (origin) => prepareRead(origin, 3),
  },
  {
    name: 'GET of 1024 bytes',
    contestants: [bareServer, app],
    goals: keyGoals(0.85),
    prepare: (origin) => prepareRead(origin, 1024),
  },
  {
    name: 'PUT of 3 bytes',
    contestants: [bareServer, app],
    goals: keyGoals(0.75),
    prepare: async () => write('written', 'abc'),
  },
  {
    name: 'signed-in read',
    contestants: [bareSessionServer, app, expressServer],
    goals: { rates: [rate(0.7, bareSessionServer), rate(6.5, expressServer)] },
    prepare: prepareSignedInRead,
  },
  {
    name: 'session write',
    contestants: [bareSessionServer, app, expressServer],
    goals: { rates: [rate(0.45, bareSessionServer)] },
    prepare: prepareSessionWrite,
  },
];

function keyGoals(atLeast: number): Goals {
  return {
    rates: [rate(atLeast, bareServer)],
    redisCpuPerCommand: 1.2,
    p99: 1.5,
    resident: RESIDENT,
  };
}

function rate(atLeast: number, { name }: Contestant): RateGoal {
  return { atLeast, contestant: name };
}

/** Those that the texts name or number, several with commas between; all of them for no text. */
export function chooseScenarios(texts: string[]): Scenario[] {
  if (texts.length === 0) return scenarios;
  const chosen = texts.flatMap((text) => text.split(',')).map(findScenario);
  return scenarios.filter((scenario) => chosen.includes(scenario));
}

function findScenario(text: string): Scenario {
  const wanted = text.trim();
  const found = scenarios.find(({ name }, i) => name === wanted || String(i + 1) === wanted);
  if (!found) throw new Problem(`There is no scenario "${wanted}".`);
  return found;
}

/** One line each, with its number. */
export function listScenarios(): string {
  return scenarios.map(({ name }, i) => `  ${i + 1}  ${name}`).join('\n');
}
