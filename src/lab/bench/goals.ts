/** The goals of the app, and whether they are met. */
import { compare, findStanding, pick, type Results, type ScenarioResult } from './results.ts';
import { spread, type Spread } from './statistics.ts';

export interface Verdict {
  scenario: string;
  goal: string;
  measured: Spread;
  isMet: boolean;
}

/** One verdict per scenario and goal: on the median over all rounds, for memory on the maximum. */
export function judge({ scenarios, subject }: Results): Verdict[] {
  return scenarios.flatMap((scenario) => judgeScenario(scenario, subject));
}

function judgeScenario(scenario: ScenarioResult, subject: string): Verdict[] {
  const { name, base, goals } = scenario;
  const app = findStanding(scenario, subject);
  const verdicts: Verdict[] = [];

  for (const { atLeast, contestant } of goals.rates) {
    const rate = compare(app, findStanding(scenario, contestant), 'requestsPerSecond');
    const other = contestant === base ? 'bare' : contestant;
    give(`requests/s at least ${atLeast} × ${other}`, rate, rate.median >= atLeast);
  }
  if (goals.redisCpuPerCommand !== undefined) {
    const redis = compare(app, findStanding(scenario, base), 'redisCpuPerCommand');
    const most = goals.redisCpuPerCommand;
    give(`Redis CPU per command at most ${most} × bare`, redis, redis.median <= most);
  }
  if (goals.p99 !== undefined) {
    const p99 = compare(app, findStanding(scenario, base), 'p99');
    give(`p99 at most ${goals.p99} × bare`, p99, p99.median <= goals.p99);
  }
  if (goals.resident !== undefined) {
    const resident = spread(pick(app, 'resident'));
    give(`resident below ${goals.resident} MB`, resident, resident.maximum < goals.resident);
  }
  return verdicts;

  function give(goal: string, measured: Spread, isMet: boolean) {
    verdicts.push({ scenario: name, goal, measured, isMet });
  }
}
