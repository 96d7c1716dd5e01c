/** The result of the scale-out experiment: the logins lost in each run. */

export const SESSIONS = ['memory', 'memory, sticky', 'redis'] as const;

export const EVENTS = ['calm', 'kill', 'scale out and in'] as const;

/** One run: a way to keep sessions, a number of instances, and an event. */
export interface Run {
  sessions: (typeof SESSIONS)[number];
  instances: number;
  event: (typeof EVENTS)[number];
  requests: number;
  /** Requests per second. */
  rate: number;
  logins: number;
  loginsLost: number;
  /** Requests that failed otherwise. */
  errors: number;
}

/** Names for tables and plots. */
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
