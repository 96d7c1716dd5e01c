/** What the bench measured: where measuring and reporting meet. */
import { ratios, spread, type Spread } from './statistics.ts';

export interface Results {
  conditions: Conditions;
  /** The contestant that has goals to meet. */
  subject: string;
  /** What most people would take instead: ratios to it are shown where it takes part. */
  peer: string;
  servers: ServerResult[];
  scenarios: ScenarioResult[];
}

export interface Plan {
  connections: number;
  rounds: number;
  /** Length of each round. */
  seconds: number;
  /** Load that each contestant carries before its first round, in seconds. */
  warmUp: number;
}

/** What must be the same before two runs may be compared. */
export interface Conditions extends Plan {
  pinned: boolean;
  cores: number;
  versions: Versions;
}

export interface Versions {
  node: string;
  redis: string;
  wrk: string;
}

/** What one contestant needs, whatever it is asked. */
export interface ServerResult {
  contestant: string;
  /** Milliseconds from its start to its first answer, of every start. */
  startUps: number[];
  /** Resident memory after the start, in MB (of 1024 × 1024 bytes). */
  idle: number;
  /** What a signed-in user takes in Redis, where sessions took part. */
  sessionBytes?: number;
}

export interface ScenarioResult {
  name: string;
  /** The contestant that all others are divided by. */
  base: string;
  goals: Goals;
  standings: Standing[];
}

/** What the subject should reach. */
export interface Goals {
  rates: RateGoal[];
  /** Microseconds at most. */
  redisCpuPerCommand?: number;
  /** So many times the base's at most. */
  p99?: number;
  /** MB that it must stay below. */
  resident?: number;
}

/** At least so many times the requests per second of that contestant. */
export interface RateGoal {
  atLeast: number;
  contestant: string;
}

export interface Standing {
  contestant: string;
  /** Redis commands that the server sent, on the average. */
  commandsPerRequest: number;
  /** One per round, so that samples of the same place were taken within seconds. */
  samples: Sample[];
}

/** One contestant under load for one round. */
export interface Sample {
  requestsPerSecond: number;
  /** Processor time of the server, all its threads, in microseconds. */
  cpuPerRequest: number;
  /** The share of one core that the server used, 0 to 1: below 1, something else was the limit. */
  coreShare: number;
  /** Processor time of Redis in microseconds, per command that the server sent. */
  redisCpuPerCommand: number;
  /** Milliseconds. */
  p50: number;
  /** Milliseconds. */
  p99: number;
  /** Resident memory of the server at the end of the load, in MB (of 1024 × 1024 bytes). */
  resident: number;
}

/** The standing of that contestant, who must have taken part. */
export function findStanding(scenario: ScenarioResult, contestant: string): Standing {
  const standing = scenario.standings.find((each) => each.contestant === contestant);
  if (!standing) throw new Error(`${contestant} has no standing in ${scenario.name}`);
  return standing;
}

/** The contestant's figure over the base's figure of the same round. */
export function compare(standing: Standing, base: Standing, figure: keyof Sample): Spread {
  return spread(ratios(pick(standing, figure), pick(base, figure)));
}

/** One figure of all rounds. */
export function pick(standing: Standing, figure: keyof Sample): number[] {
  return standing.samples.map((sample) => sample[figure]);
}
