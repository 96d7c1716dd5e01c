/** The results of the bench, which measuring makes and the report shows. */
import { ratios, spread, type Spread } from './statistics.ts';

export interface Results {
  conditions: Conditions;
  /** The contestant that has goals to meet. */
  subject: string;
  /** The contestant that most people would choose: the report shows ratios to it. */
  peer: string;
  servers: ServerResult[];
  scenarios: ScenarioResult[];
}

export interface Plan {
  connections: number;
  rounds: number;
  /** Length of each round. */
  seconds: number;
  /** Seconds of load on each contestant before its first round. */
  warmUp: number;
}

/** Two runs can be compared only if these are the same. */
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

/** The needs of one contestant in all scenarios. */
export interface ServerResult {
  contestant: string;
  /** Milliseconds from its start to its first answer, of every start. */
  startUps: number[];
  /** Resident memory after the start, in MB (of 1024 × 1024 bytes). */
  idle: number;
  /** Bytes in Redis of a signed-in user, where scenarios have sessions. */
  sessionBytes?: number;
}

export interface ScenarioResult {
  name: string;
  /** The contestant that all others are divided by. */
  base: string;
  goals: Goals;
  standings: Standing[];
}

/** The goals of the subject. */
export interface Goals {
  rates: RateGoal[];
  /** At most so many times the base's. */
  redisCpuPerCommand?: number;
  /** At most so many times the base's. */
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

/** Returns the standing of a contestant. Throws when it has none. */
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
