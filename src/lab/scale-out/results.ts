/** The results of the scale-out experiments: what more instances carry, and the logins lost. */

/** Scenarios of the load test. */
export const SCENARIOS = ['keys', 'signed-in', 'mixed'] as const;

/** What a number of instances carries when requests come as fast as answers do. */
export interface Throughput {
  scenario: (typeof SCENARIOS)[number];
  instances: number;
  requests: number;
  /** Requests per second. */
  rate: number;
  /** Milliseconds. */
  p99: number;
  /** Requests that failed, and answers with a wrong value. */
  errors: number;
  loginsLost: number;
  /** The part that kept the rate from being higher. */
  limit: string;
}

export const SESSIONS = ['memory', 'memory, sticky', 'redis'] as const;

export const EVENTS = ['calm', 'kill', 'scale out and in'] as const;

/** The logins lost with a way to keep sessions, a number of instances, and an event. */
export interface Run {
  sessions: (typeof SESSIONS)[number];
  instances: number;
  event: (typeof EVENTS)[number];
  requests: number;
  logins: number;
  loginsLost: number;
  /** Requests that failed otherwise. */
  errors: number;
}

export interface Results {
  throughput: Throughput[];
  runs: Run[];
}

/** Names for tables and plots. */
export const SCENARIO_NAMES: Record<Throughput['scenario'], string> = {
  keys: 'keys',
  'signed-in': 'signed-in reads',
  mixed: 'keys and sessions mixed',
};

export const SESSION_NAMES: Record<Run['sessions'], string> = {
  memory: 'in memory',
  'memory, sticky': 'in memory, sticky router',
  redis: 'in Redis',
};

export const EVENT_NAMES: Record<Run['event'], string> = {
  calm: 'Nothing happens',
  kill: 'An instance is killed',
  'scale out and in': 'Scaled out, then in',
};

/** The share of all logins, from 0 to 1; 0 without logins. */
export function shareLost({ logins, loginsLost }: Run): number {
  return logins === 0 ? 0 : loginsLost / logins;
}

/** How many times the rate of one instance; null when one instance was not measured. */
export function speedUp({ scenario, rate }: Throughput, all: Throughput[]): number | null {
  const one = all.find((other) => other.scenario === scenario && other.instances === 1);
  return one ? rate / one.rate : null;
}

/** Sorts by load, then by the number of instances. */
export function inOrder(one: Throughput, other: Throughput): number {
  const place = ({ scenario }: Throughput) => SCENARIOS.indexOf(scenario);
  return place(one) - place(other) || one.instances - other.instances;
}
