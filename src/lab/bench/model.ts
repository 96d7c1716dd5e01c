/** How many instances one Redis feeds: a model, made of what each request was measured to cost. */
import { findStanding, pick, type ScenarioResult } from './results.ts';
import { median } from './statistics.ts';

export interface Feeding {
  scenario: string;
  /** Requests per second of one instance with a core of its own. */
  rate: number;
  /** Microseconds. */
  redisCpuPerRequest: number;
  /** Of the one core that Redis can use, by one instance at that rate. */
  redisShare: number;
  instances: number;
}

/**
 * Redis serves commands in one thread, so that a second of its time is the most there is. Instances
 * that are not at their limit send smaller batches, and each command costs more.
 */
export function modelFeeding(scenario: ScenarioResult, subject: string): Feeding {
  const standing = findStanding(scenario, subject);
  const rate = median(pick(standing, 'requestsPerSecond'));
  const redisCpuPerRequest =
    median(pick(standing, 'redisCpuPerCommand')) * standing.commandsPerRequest;
  const redisShare = (rate * redisCpuPerRequest) / 1_000_000;
  return {
    scenario: scenario.name,
    rate,
    redisCpuPerRequest,
    redisShare,
    instances: Math.floor(1 / redisShare),
  };
}
