/** The words after `npm run foundry --`: a start, or a command for a foundry that runs. */
import { isIP } from 'node:net';
import { Option } from '@commander-js/extra-typings';
import { UsageError } from '../command-line/problem.ts';
import { createProgram, variablesOption } from '../command-line/program.ts';
import { LEAST_CPU } from './limits/limits.ts';
import { THIS_MACHINE } from './router/configuration.ts';
import type { RedisTopology } from '../redis/topologies.ts';
import { TOPOLOGIES } from '../redis/topology-names.ts';

export interface Start {
  port: number;
  /** The address at which the router listens, besides 127.0.0.1. */
  host: string;
  instances: number;
  /** The share of a core that each instance has; 0: no limit. */
  cpu: number;
  redis: RedisTopology;
  /** The variables that `cf set-env` would set. */
  settings: Record<string, string>;
}

export type CommandName =
  'status' | 'scale' | 'kill' | 'restart' | 'rotate' | 'fail-over' | 'outage' | 'stop';

export interface Command {
  command: CommandName;
  port: number;
  /** The instances to scale to, the index of the one to kill, or the seconds of an outage. */
  number?: number;
}

export interface Actions {
  start: (start: Start) => Promise<void>;
  send: (command: Command) => Promise<void>;
}

export const MOST_INSTANCES = 20;
const LONGEST_OUTAGE = 60; // seconds

const ARGUMENTS = { N: readInstances, INDEX: readIndex, SECONDS: readSeconds };

const COMMANDS: [CommandName, description: string, argument?: keyof typeof ARGUMENTS][] = [
  ['status', 'lists the instances'],
  ['scale', 'starts or stops instances until there are N', 'N'],
  ['kill', 'kills that instance, which is then started again', 'INDEX'],
  ['restart', 'replaces the instances one by one, without losing a request'],
  ['rotate', 'gives the instances another password of Redis, and revokes the one they had'],
  ['fail-over', 'kills a primary of Redis, and reports when a replica has taken over'],
  ['outage', 'makes Redis hang for so many seconds', 'SECONDS'],
  ['stop', 'stops all of it'],
];

/** Commander's own error, which suggests a similar one, for a program that is one without commands too. */
interface Suggesting {
  unknownCommand(): never;
}

/** The program, which calls one of the actions. */
export function createFoundryProgram({ start, send }: Actions) {
  const program = createProgram('foundry')
    .description(
      'Starts the app as Cloud Foundry would: with a private Redis bound to it, in several instances, ' +
        'and with a router in front of them. The commands are for a foundry that runs.',
    )
    .option('--instances <N>', `from 1 to ${MOST_INSTANCES}`, readInstances, 3)
    .option(
      '--cpu <SHARE>',
      'the share of a core that each instance has, 0 for no limit',
      readShare,
      0.2,
    )
    .addOption(portOption('where the router listens, 0 for any free port'))
    .addOption(
      new Option(
        '--host <ADDRESS>',
        'opens the app to your network at that address of this machine, 0.0.0.0 for all',
      )
        .argParser(readHost)
        .default(THIS_MACHINE),
    )
    .addOption(
      new Option(
        '--redis <TOPOLOGY>',
        'tls: with an authority of its own; replicated: a primary, two replicas and a reader ' +
          'endpoint; sentinel: the same with three Sentinels; cluster: three primaries, each with ' +
          'a replica',
      )
        .choices(TOPOLOGIES)
        .default('standalone'),
    )
    .option('--sticky', 'sets STICKY_SESSIONS=true for the app')
    .addOption(
      new Option('--sessions <STORE>', 'memory sets SESSIONS=memory for the app')
        .choices(['redis', 'memory'])
        .default('redis'),
    )
    .addOption(variablesOption())
    .enablePositionalOptions()
    .allowExcessArguments()
    .action(({ sticky, sessions, env, ...options }, self) => {
      if (self.args.length > 0) (self as unknown as Suggesting).unknownCommand();
      const settings = {
        ...(sticky && { STICKY_SESSIONS: 'true' }),
        ...(sessions === 'memory' && { SESSIONS: 'memory' }),
        ...env,
      };
      return start({ ...options, redis: options.redis as RedisTopology, settings });
    });
  for (const [name, description, argument] of COMMANDS) {
    const command = program
      .command(name)
      .description(description)
      .allowExcessArguments(false)
      .addOption(portOption('where the router of that foundry listens'));
    if (argument === undefined) {
      command.action(({ port }) => send({ command: name, port }));
      continue;
    }
    command
      .argument(`<${argument}>`, '', ARGUMENTS[argument])
      .action((value, { port }) => send({ command: name, port, number: value }));
  }
  return program;
}

function portOption(description: string) {
  return new Option('--port <PORT>', description).argParser(readPort).default(8080);
}

function readHost(text: string): string {
  if (isIP(text)) return text;
  throw new UsageError(`"${text}" is no IP address.`);
}

function readPort(text: string): number {
  if (/^\d+$/.test(text) && Number(text) <= 65535) return Number(text);
  throw new UsageError(`"${text}" is no port.`);
}

/** Throws a usage error for what is no number of instances. */
export function readInstances(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= MOST_INSTANCES) return count;
  throw new UsageError(`"${text}" is no number of instances: it goes from 1 to ${MOST_INSTANCES}.`);
}

/** Reads a share of a core, 0 for no limit. Throws a usage error for any other text. */
export function readShare(text: string): number {
  const share = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && (share === 0 || share >= LEAST_CPU)) return share;
  throw new UsageError(
    `"${text}" is no share of a core: it is a number from ${LEAST_CPU} up, as 0.2, or 0 for no limit.`,
  );
}

/** Reads the length of an outage. Throws a usage error for any other text. */
export function readSeconds(text: string): number {
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds >= 1 && seconds <= LONGEST_OUTAGE) return seconds;
  throw new UsageError(
    `"${text}" is no length of an outage: it goes from 1 to ${LONGEST_OUTAGE} seconds.`,
  );
}

/** Throws a usage error for what is no index of an instance. */
export function readIndex(text: string): number {
  if (/^\d{1,2}$/.test(text)) return Number(text);
  throw new UsageError(`"${text}" is no index of an instance.`);
}
