/** Names what kept a load from being higher: the part that was busy all the time. */

/** How busy each part was, from 0 to 1. */
export interface Usage {
  /** Of what their shares of a core allow. */
  instances: number;
  /** Of one core: Redis carries out commands in one thread. */
  redis: number;
  /** Of its threads. */
  loadTest: number;
  /** Of all cores, as of the one below. */
  router: number;
  /** By everything that runs on it. */
  machine: number;
}

const BUSY = 0.9;

/** Instances come first: while they are busy, more of them carry more. */
const NAMES: Record<keyof Usage, string> = {
  instances: 'the instances',
  redis: 'Redis',
  loadTest: 'the load test',
  router: 'the router',
  machine: 'the cores of this machine',
};

export function nameLimit(usage: Usage): string {
  const parts = Object.keys(NAMES) as (keyof Usage)[];
  const busy = parts.find((part) => usage[part] >= BUSY);
  if (busy) return NAMES[busy];
  const busiest = parts.reduce((one, other) => (usage[other] > usage[one] ? other : one));
  return `${NAMES[busiest]}, busy for ${Math.round(100 * usage[busiest])} % of the time`;
}
