/** The scenarios: requests, contestants, and the goals of the app. */
import { UsageError } from '../command-line/problem.ts';
import {
  app,
  type Contestant,
  expressServer,
  fastifyServer,
  koaServer,
} from '../peers/contestants.ts';
import {
  type Exchange,
  prepareRead,
  prepareSessionWrite,
  prepareSignedInRead,
  write,
} from '../peers/exchanges.ts';
import { bareServer, bareSessionServer } from './contestants.ts';
import type { Goals, Plan, RateGoal } from './results.ts';

export interface Scenario {
  name: string;
  /** The others are compared with the first, the base. */
  contestants: [Contestant, ...Contestant[]];
  goals: Goals;
  /** Its contestants keep sessions. */
  needsSession?: boolean;
  /** Readies the server at this origin, and returns what it is asked from then on. */
  prepare: (origin: string) => Promise<Exchange>;
}

const RESIDENT = 128; // MB, half of what the platform gives

const peers = [expressServer, fastifyServer, koaServer];

export const scenarios: Scenario[] = [
  {
    name: 'GET of 3 bytes',
    contestants: [bareServer, app, ...peers],
    goals: keyGoals(0.85),
    prepare: (origin) => prepareRead(origin, 3),
  },
  {
    name: 'GET of 1024 bytes',
    contestants: [bareServer, app],
    goals: keyGoals(0.8),
    prepare: (origin) => prepareRead(origin, 1024),
  },
  {
    name: 'PUT of 3 bytes',
    contestants: [bareServer, app, ...peers],
    goals: keyGoals(0.78),
    prepare: async () => write('written', 'abc'),
  },
  {
    name: 'signed-in read',
    contestants: [bareSessionServer, app, ...peers],
    goals: { rates: [rate(0.65, bareSessionServer), rate(6.5, expressServer)] },
    needsSession: true,
    prepare: prepareSignedInRead,
  },
  {
    name: 'session write',
    contestants: [bareSessionServer, app, ...peers],
    goals: { rates: [rate(0.45, bareSessionServer)] },
    needsSession: true,
    prepare: prepareSessionWrite,
  },
];

function keyGoals(atLeast: number): Goals {
  return {
    rates: [rate(atLeast, bareServer)],
    redisCpuPerCommand: 0.26,
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
  if (!found) throw new UsageError(`There is no scenario "${wanted}": --help names them.`);
  return found;
}

/** One that keeps no sessions takes part as well. */
export function addToKeyScenarios(chosen: Scenario[], contestant: Contestant): Scenario[] {
  return chosen.map((scenario) => {
    if (scenario.needsSession) return scenario;
    return { ...scenario, contestants: [...scenario.contestants, contestant] };
  });
}

/** Each once. */
export function contestantsOf(chosen: Scenario[]): Contestant[] {
  return [...new Set(chosen.flatMap(({ contestants }) => contestants))];
}

/** One line each, with its number. */
export function listScenarios(): string {
  return scenarios.map(({ name }, i) => `  ${i + 1}  ${name}`).join('\n');
}

/** The warm-up and the rounds of all contestants. */
export function countLoads(chosen: Scenario[], { rounds }: Plan): number {
  const standings = chosen.flatMap(({ contestants }) => contestants);
  return standings.length * (1 + rounds);
}

const PER_CONTESTANT = 6; // seconds for its starts and the sign-ins, measured
const PER_STANDING = 3; // seconds to count Redis commands, and between the loads

/** Whole minutes that a run takes, rounded up. */
export function estimateMinutes(chosen: Scenario[], plan: Plan): number {
  const standings = chosen.flatMap(({ contestants }) => contestants);
  const load = plan.warmUp + plan.rounds * plan.seconds;
  const seconds =
    contestantsOf(chosen).length * PER_CONTESTANT + standings.length * (load + PER_STANDING);
  return Math.ceil(seconds / 60);
}
