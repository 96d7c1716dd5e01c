/** Waits for what has no event, as the lab does. */
export { until } from '../../src/lab/processes/until.ts';
