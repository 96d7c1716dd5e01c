/** The words after `npm run load-test --`. */
import { parseArgs } from 'node:util';
import { readWholeNumber } from '../command-line/program.ts';
import type { Plan } from './run.ts';
import { type Scenario, SCENARIOS } from './visitors/visitors.ts';

export interface Run {
  plan: Plan;
  outputs: Outputs;
}

/** Of the results of a run before. */
interface Evaluation {
  results: string;
  outputs: Outputs;
}

/** Files to be written. */
export interface Outputs {
  json?: string;
  html?: string;
  results?: string;
}

const MOST_CONNECTIONS = 128;
const MOST_USERS = 10_000;
const LONGEST = 3600; // seconds
const HIGHEST_RATE = 100_000; // requests per second
const MOST_INSTANCES = 100;

export const USAGE = `Usage: npm run load-test -- URL [options]
       npm run load-test -- report FILE [--json FILE]
       npm run load-test -- plot FILE [--html FILE]

Puts load on a running redis-example-app, and checks every answer: its status, the user, the value,
and which instance it came from. Removes the keys and accounts that it has made.

  --scenario NAME    keys: PUT, GET and DELETE of keys
                     sessions: users sign up, then read and write their sessions
                     mixed: both in turns, if not given
  --users N          20 if not given, ${MOST_USERS} at most
  --connections N    which the users share; as many as users if not given, ${MOST_CONNECTIONS} at most
  --rate N           requests per second; as fast as answers come if not given
  --duration N       seconds, of each step; 10 if not given
  --ramp N           seconds in which the connections begin, one by one; 0 if not given
  --instances LIST   steps with so many instances each, as in 1,2,4
  --scale COMMAND    sets the number of instances, for which {n} stands, as in
                     'cf scale redis-example-app -i {n}' or 'npm run foundry -- scale {n}'
  --json FILE        writes the summary there
  --html FILE        writes a report with plots there
  --results FILE     writes what became of each request there, line by line; into a new directory for
                     temporary files, which only you can read, if not given
  --any-target       also puts load on what does not look like this app

report prints the table of such a file of results again; plot also makes the report with plots, in
FILE.html if not told otherwise.
A URL without http:// or https:// is taken as http://. Ctrl-C ends the load, and reports.

Exit code: 0; 1 when a login was lost or a value was wrong; 2 when it could not be measured.`;

const OPTIONS = {
  scenario: { type: 'string', default: 'mixed' },
  users: { type: 'string', default: '20' },
  connections: { type: 'string' },
  rate: { type: 'string' },
  duration: { type: 'string', default: '10' },
  ramp: { type: 'string', default: '0' },
  instances: { type: 'string' },
  scale: { type: 'string' },
  json: { type: 'string' },
  html: { type: 'string' },
  results: { type: 'string' },
  'any-target': { type: 'boolean', default: false },
  help: { type: 'boolean' },
} as const;

type Values = ReturnType<typeof parse>['values'];

/** Throws a sentence about what is wrong with them. */
export function readArguments(args: string[]): Run | Evaluation | 'help' {
  const { values, positionals } = parse(args);
  if (values.help) return 'help';
  const [first, second, ...rest] = positionals;
  if (first === 'report' || first === 'plot') {
    if (!second || rest.length > 0) throw new Error(`It is: ${first} FILE`);
    return { results: second, outputs: first === 'plot' ? withHtml(second, values) : values };
  }
  if (!first || second) throw new Error('One URL is wanted, that of the app.');
  return { plan: readPlan(first, values), outputs: values };
}

function withHtml(results: string, { html = `${results}.html`, ...others }: Outputs): Outputs {
  return { ...others, html };
}

function parse(args: string[]) {
  return parseArgs({ args, options: OPTIONS, allowPositionals: true });
}

function readPlan(url: string, values: Values): Plan {
  const users = readWholeNumber('users', values.users, 1, MOST_USERS);
  const { connections, rate, scale = null } = values;
  return {
    origin: readOrigin(url),
    scenario: readScenario(values.scenario),
    users,
    connections: Math.min(
      users,
      connections
        ? readWholeNumber('connections', connections, 1, MOST_CONNECTIONS)
        : MOST_CONNECTIONS,
    ),
    rate: rate ? readWholeNumber('rate', rate, 1, HIGHEST_RATE) : null,
    duration: readWholeNumber('duration', values.duration, 1, LONGEST),
    ramp: readWholeNumber('ramp', values.ramp, 0, LONGEST),
    counts: readCounts(values),
    scale,
    isAnyTarget: values['any-target'],
  };
}

function readOrigin(text: string): string {
  const url = /^https?:\/\//.test(text) ? text : `http://${text}`;
  if (!URL.canParse(url)) throw new Error(`"${text}" is no URL.`);
  return new URL(url).origin;
}

function readScenario(text: string): Scenario {
  const found = SCENARIOS.find((name) => name === text);
  if (!found) throw new Error(`--scenario is one of ${SCENARIOS.join(', ')}, and not "${text}".`);
  return found;
}

function readCounts({ instances, scale }: Values): (number | null)[] {
  if (!instances && !scale) return [null];
  if (!instances || !scale) throw new Error('--instances and --scale go together.');
  return instances.split(',').map((text) => readWholeNumber('instances', text, 1, MOST_INSTANCES));
}
