/** The note below figures that were measured on a single machine. */
import { availableParallelism } from 'node:os';
import { count } from './numbers.ts';

/** For figures of instances that share the machine with Redis, router and load generator. */
export function describeMachine(): string {
  const cores = count(availableParallelism(), 'core');
  return `App, router, Redis and load share one machine with ${cores}.`;
}
