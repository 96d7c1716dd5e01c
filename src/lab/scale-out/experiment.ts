/** What the scale-out experiment finds: where logins are lost, and where they are not. */

export const SESSIONS = ['memory', 'memory, sticky', 'redis'] as const;

export const EVENTS = ['calm', 'kill', 'scale out and in'] as const;

/** One run: sessions kept somewhere, a number of instances, and what happens to them meanwhile. */
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

/** In the words of tables and plots. */
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

/** Of all logins, from 0 to 1; of none, 0. */
export function shareLost({ logins, loginsLost }: Run): number {
  return logins === 0 ? 0 : loginsLost / logins;
}
