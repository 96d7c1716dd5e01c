/** The goals of the app, and whether they are met. */
import {
  compare,
  findStanding,
  pick,
  type Results,
  type ScenarioResult,
  type Standing,
} from './results.ts';
import { spread, type Spread } from './statistics.ts';

const REDIS_CPU_PER_COMMAND = 1.2; // microseconds
const P99_RATIO = 1.5;
const RESIDENT = 110; // MB

export interface Verdict {
  scenario: string;
  goal: string;
  measured: Spread;
  isMet: boolean;
}

/** One verdict per scenario and goal: on the median over all rounds, of memory on the highest. */
export function judge({ scenarios, base, subject }: Results): Verdict[] {
  return scenarios.flatMap((scenario) =>
    judgeScenario(scenario, findStanding(scenario, subject), findStanding(scenario, base)),
  );
}

function judgeScenario({ name, rateGoal }: ScenarioResult, app: Standing, base: Standing) {
  const rate = compare(app, base, 'requestsPerSecond');
  const redis = spread(pick(app, 'redisCpuPerCommand'));
  const p99 = compare(app, base, 'p99');
  const resident = spread(pick(app, 'resident'));

  return [
    verdict(`requests/s at least ${rateGoal} × bare`, rate, rate.median >= rateGoal),
    verdict(
      `Redis CPU at most ${REDIS_CPU_PER_COMMAND} µs/command`,
      redis,
      redis.median <= REDIS_CPU_PER_COMMAND,
    ),
    verdict(`p99 at most ${P99_RATIO} × bare`, p99, p99.median <= P99_RATIO),
    verdict(`resident below ${RESIDENT} MB`, resident, resident.maximum < RESIDENT),
  ];

  function verdict(goal: string, measured: Spread, isMet: boolean): Verdict {
    return { scenario: name, goal, measured, isMet };
  }
}
