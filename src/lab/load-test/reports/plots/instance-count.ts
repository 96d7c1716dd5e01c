/** A step in words. */
import { count } from '../../../report/numbers.ts';
import type { Step } from '../../summary.ts';

/** `4 instances`, or nothing where nobody asked for a number. */
export function instanceCount(step: Pick<Step, 'count'>): string {
  return step.count === null ? '' : count(step.count, 'instance');
}
