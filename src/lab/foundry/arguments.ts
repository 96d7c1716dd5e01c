/** The words after `npm run foundry --`: a start, or a command for a foundry that runs. */
import { parseArgs } from 'node:util';

export interface Start {
  command: 'start';
  port: number;
  instances: number;
  redis: RedisTopology;
  /** What `cf set-env` would have set. */
  settings: Record<string, string>;
}

export type CommandName = 'status' | 'scale' | 'kill' | 'restart' | 'fail-over' | 'stop';

export interface Command {
  command: CommandName;
  port: number;
  /** How many instances to scale to, or which one to kill. */
  number?: number;
}

export const MOST_INSTANCES = 20;

const TOPOLOGIES = ['standalone', 'tls', 'replicated', 'sentinel', 'cluster'] as const;
export type RedisTopology = (typeof TOPOLOGIES)[number];

export const USAGE = `Usage: npm run foundry -- [--instances N] [--port PORT] [--redis TOPOLOGY]
                         [--sticky] [--sessions memory]
       npm run foundry -- COMMAND [--port PORT]

Starts the app as Cloud Foundry would: with a private Redis bound to it, in several instances,
and with a router in front of them.

  --instances N       how many instances, from 1 to ${MOST_INSTANCES}; 3 if not given
  --port PORT         where the router listens; 8080 if not given, 0 for any free port
  --redis TOPOLOGY    standalone, if not given; tls: with an authority of its own; replicated: a
                      primary, two replicas and a reader endpoint; sentinel: the same with three
                      Sentinels; cluster: three primaries, each with a replica
  --sticky            sets STICKY_SESSIONS=true for the app
  --sessions memory   sets SESSIONS=memory for the app; redis, the default, sets nothing
  --help              prints this text

These commands are for a foundry that runs; --port says which one, if not that at 8080:

  status              lists the instances
  scale N             starts or stops instances until there are N
  kill INDEX          kills that instance, which is then started again
  restart             replaces the instances one by one, without losing a request
  fail-over           kills a primary of Redis, and tells when a replica has taken over
  stop                stops all of it`;

const OPTIONS = {
  instances: { type: 'string' },
  port: { type: 'string' },
  redis: { type: 'string' },
  sticky: { type: 'boolean' },
  sessions: { type: 'string' },
  help: { type: 'boolean' },
} as const;

type Values = ReturnType<typeof parse>['values'];

/** What the number after a command is called; null when it takes none. */
const NUMBERS: Record<CommandName, 'N' | 'INDEX' | null> = {
  status: null,
  scale: 'N',
  kill: 'INDEX',
  restart: null,
  'fail-over': null,
  stop: null,
};

/** Throws a sentence about what is wrong with them. */
export function readArguments(args: string[]): Start | Command | 'help' {
  const { values, positionals } = parse(args);
  if (values.help) return 'help';
  const [name, ...rest] = positionals;
  return name === undefined ? readStart(values) : readCommand(name, rest, values);
}

function parse(args: string[]) {
  return parseArgs({ args, options: OPTIONS, allowPositionals: true });
}

function readStart(values: Values): Start {
  const {
    instances = '3',
    port = '8080',
    redis = 'standalone',
    sticky,
    sessions = 'redis',
  } = values;
  if (sessions !== 'redis' && sessions !== 'memory') {
    throw new Error(`--sessions is either redis or memory, and not "${sessions}".`);
  }
  return {
    command: 'start',
    port: readPort(port),
    instances: readInstances(instances),
    redis: readTopology(redis),
    settings: {
      ...(sticky && { STICKY_SESSIONS: 'true' }),
      ...(sessions === 'memory' && { SESSIONS: 'memory' }),
    },
  };
}

function readCommand(name: string, rest: string[], { port = '8080', ...others }: Values): Command {
  if (!isCommand(name)) throw new Error(`"${name}" is no command.`);
  const [option] = Object.keys(others);
  if (option) throw new Error(`--${option} is for the start: ${name} does not take it.`);

  const command = { command: name, port: readPort(port) };
  const wanted = NUMBERS[name];
  if (rest.length !== (wanted ? 1 : 0)) {
    throw new Error(wanted ? `It is: ${name} ${wanted}` : `${name} takes no further words.`);
  }
  if (!wanted) return command;
  return { ...command, number: wanted === 'N' ? readInstances(rest[0]!) : readIndex(rest[0]!) };
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(NUMBERS, name);
}

function readPort(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) > 65535) throw new Error(`"${text}" is no port.`);
  return Number(text);
}

function readTopology(text: string): RedisTopology {
  const topology = TOPOLOGIES.find((name) => name === text);
  if (topology) return topology;
  throw new Error(`"${text}" is no topology: choose one of ${TOPOLOGIES.join(', ')}.`);
}

function readInstances(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= MOST_INSTANCES) return count;
  throw new Error(`"${text}" is no number of instances: it goes from 1 to ${MOST_INSTANCES}.`);
}

function readIndex(text: string): number {
  if (!/^\d{1,2}$/.test(text)) throw new Error(`"${text}" is no index of an instance.`);
  return Number(text);
}
