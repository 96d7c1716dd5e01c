/** What a single machine does to figures of throughput. */
import { availableParallelism } from 'node:os';

/** For figures that were taken with instances, Redis, router and load generator side by side. */
export function describeMachine(): string {
  const cores = availableParallelism();
  return (
    `All on one machine with ${cores} ${cores === 1 ? 'core' : 'cores'}: ` +
    'more instances do not mean more throughput here.'
  );
}
