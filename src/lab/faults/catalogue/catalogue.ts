/** All faults, in the order of the table. */
import type { Fault } from '../fault.ts';
import * as attacks from './attacks.ts';
import { clock } from './clock.ts';
import { policies } from './eviction.ts';
import * as failOver from './fail-over.ts';
import { guessed } from './guessed-sessions.ts';
import { hostile } from './hostile-requests.ts';
import * as instances from './instances.ts';
import * as memoryFull from './memory-full.ts';
import * as network from './network.ts';
import * as redisAway from './redis-away.ts';
import { resharding } from './resharding.ts';

export const catalogue: Fault[] = [
  redisAway.killed,
  redisAway.hanging,
  failOver.sentinel,
  failOver.sentinelWaiting,
  failOver.planned,
  failOver.cluster,
  failOver.clusterWaiting,
  resharding,
  network.resets,
  network.slow,
  memoryFull.noEviction,
  memoryFull.eviction,
  instances.killed,
  instances.hanging,
  instances.outOfFiles,
  instances.restarted,
  clock,
  hostile,
  guessed,
  attacks.combiningMarks,
  attacks.largeJson,
  attacks.unfinishedBodies,
  attacks.slowReaders,
  attacks.signUps,
  attacks.signIns,
  policies,
];
