/** The options of `npm run bench`, and what they come to. */
import { parseArgs } from 'node:util';
import { Problem } from '../command-line/problem.ts';
import { readWholeNumber } from '../command-line/program.ts';
import { findUpstream } from './contestants.ts';
import { estimateMinutes } from './duration.ts';
import type { Plan } from './results.ts';
import {
  addToKeyScenarios,
  chooseScenarios,
  listScenarios,
  scenarios,
  type Scenario,
} from './scenarios.ts';

interface Arguments {
  scenarios: Scenario[];
  plan: Plan;
  /** A file to write every sample to. */
  json?: string;
  /** Nothing but the usage is asked for. */
  help?: boolean;
}

const MOST = 99_999;
const DEFAULTS: Plan = { connections: 64, rounds: 6, seconds: 2, warmUp: 5 };

export const USAGE = `Usage: npm run bench -- [options]

Compares the app with bare node:http + ioredis servers and with what people build of Express,
Fastify and plain koa-session, in rounds that take turns, and prints the ratios as Markdown. Needs
Linux, redis-server and wrk. Takes ${estimateMinutes(scenarios, DEFAULTS)} minutes as it is.

  --scenario NAME   only this one, by name or number; may be repeated, or be a list with commas
  --upstream DIR    beside them cf-redis-example-app, the Ruby app, checked out with its gems
  --connections N   keep-alive connections; ${DEFAULTS.connections} if not given, worth trying: 256
  --rounds N        ${DEFAULTS.rounds} if not given
  --seconds N       length of a round; ${DEFAULTS.seconds} if not given
  --warm-up N       seconds of load before the first round; ${DEFAULTS.warmUp} if not given
  --json FILE       writes every sample there as well
  --help            prints this text

Scenarios:
${listScenarios()}

Example: npm run bench -- --scenario 4,5 --connections 256 --rounds 4 --json bench.json`;

/** Throws with the usage when they make no sense. */
export async function readArguments(): Promise<Arguments> {
  try {
    const { values } = parseArgs({
      options: {
        scenario: { type: 'string', multiple: true, default: [] },
        upstream: { type: 'string' },
        connections: { type: 'string', default: String(DEFAULTS.connections) },
        rounds: { type: 'string', default: String(DEFAULTS.rounds) },
        seconds: { type: 'string', default: String(DEFAULTS.seconds) },
        'warm-up': { type: 'string', default: String(DEFAULTS.warmUp) },
        json: { type: 'string' },
        help: { type: 'boolean' },
      },
    });
    const plan: Plan = {
      connections: readWholeNumber('connections', values.connections, 1, MOST),
      rounds: readWholeNumber('rounds', values.rounds, 1, MOST),
      seconds: readWholeNumber('seconds', values.seconds, 1, MOST),
      warmUp: readWholeNumber('warm-up', values['warm-up'], 1, MOST),
    };
    const { upstream, json, help } = values;
    const chosen = chooseScenarios(values.scenario);
    const all = upstream ? addToKeyScenarios(chosen, await findUpstream(upstream)) : chosen;
    return { scenarios: all, plan, json, help };
  } catch (error) {
    throw new Problem(`${(error as Error).message}\n\n${USAGE}`);
  }
}
