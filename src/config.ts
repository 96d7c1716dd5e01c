/** Reads the configuration: the only file that reads `process.env`. */
import { type Binding, readBinding } from './cloudfoundry/binding.ts';
import { type Instance, readInstance } from './cloudfoundry/instance.ts';
import { type OperatorPassword, readOperatorPassword } from './cloudfoundry/operator-password.ts';
import { readSwitch, SettingProblem } from './cloudfoundry/settings.ts';
import type { Environment } from './cloudfoundry/sources.ts';
import { type InstanceLimits, readInstanceLimits } from './cloudfoundry/instance-limits.ts';
import { readTrust } from './cloudfoundry/trust.ts';
import type { Trust } from './connection.ts';
import type { DiagnosticsAccess, KeyAccess } from './http/access.ts';
import type { Timeouts } from './sessions/sessions.ts';

export interface Config {
  port: number;
  /** The address that the app listens on; undefined: all interfaces. */
  listenAddress: string | undefined;
  instance: Instance;
  limits: InstanceLimits;
  binding: Binding;
  trust: Trust;
  timeouts: Timeouts;
  /** The servers that values of keys are read from; at replicas, these may be a little old. */
  reads: 'primary' | 'replica';
  /** How many replicas must confirm a write; 0: none. */
  waitReplicas: number;
  signUp: 'open' | 'closed';
  /** `memory` is for a lesson: each instance has its own sessions, and loses them when it ends. */
  sessionStore: 'redis' | 'memory';
  /** For the same lesson: asks the platform's router to send each browser to one instance. */
  sticky: boolean;
  /** The number of proxies in front of this app. Each appends to X-Forwarded-For. */
  trustedProxies: number;
  keys: KeyAccess;
  diagnostics: DiagnosticsAccess;
  operator: OperatorPassword;
}

const DEFAULT_PORT = 3000;
const DEFAULT_IDLE_TIMEOUT = 30 * 60; // seconds
const DEFAULT_ABSOLUTE_TIMEOUT = 12 * 60 * 60; // seconds
const LONGEST_TIMEOUT = 365 * 24 * 60 * 60; // seconds
const MOST_REPLICAS = 9;
const MOST_PROXIES = 9;
const ANY_CERTIFICATE = 'WARNING: REDIS_TLS_REJECT_UNAUTHORIZED=false: ANY CERTIFICATE IS ACCEPTED';
const SESSIONS_IN_MEMORY =
  'WARNING: SESSIONS=memory: LOGINS ARE KNOWN TO ONE INSTANCE, AND LOST WITH IT. FOR A LESSON ONLY';

/**
 * Throws SettingProblem for a variable with an invalid value, except in a binding: the app starts, and reports what is
 * wrong with it.
 */
export function readConfig(env: Environment = process.env): Config {
  const instance = readInstance(env);
  return {
    port: readPort(env.PORT),
    listenAddress: env.LISTEN_ADDRESS,
    instance,
    limits: readInstanceLimits(env),
    binding: readBinding(env),
    trust: readTrust(env),
    timeouts: {
      idle: 1000 * readSeconds(env, 'SESSION_IDLE_TIMEOUT', DEFAULT_IDLE_TIMEOUT),
      absolute: 1000 * readSeconds(env, 'SESSION_ABSOLUTE_TIMEOUT', DEFAULT_ABSOLUTE_TIMEOUT),
    },
    reads: readChoice(env, 'REDIS_READS', ['primary', 'replica']),
    waitReplicas: readReplicas(env.REDIS_WAIT_REPLICAS),
    signUp: readChoice(env, 'SIGN_UP', ['open', 'closed']),
    sessionStore: readChoice(env, 'SESSIONS', ['redis', 'memory']),
    sticky: readSwitch(env, 'STICKY_SESSIONS') ?? false,
    // The platform's router is one
    trustedProxies: readProxies(env.TRUSTED_PROXIES, instance.onPlatform ? 1 : 0),
    keys: readChoice(env, 'KEYS', ['open', 'signed-in', 'closed']),
    diagnostics: readChoice(env, 'DIAGNOSTICS', ['open', 'operator', 'closed']),
    operator: readOperatorPassword(env),
  };
}

/** Returns what the operator should know at the start, as lines for the log. */
export function warningsOf({ binding, trust, sessionStore, operator }: Config): string[] {
  return [
    ...binding.warnings,
    ...(operator.problem === null ? [] : [operator.problem]),
    ...(trust.verify ? [] : [ANY_CERTIFICATE]),
    ...(sessionStore === 'memory' ? [SESSIONS_IN_MEMORY] : []),
  ];
}

function readPort(text = String(DEFAULT_PORT)): number {
  const port = Number(text);
  if (text.trim() !== '' && Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw new SettingProblem(`PORT is "${text}", which is not a port number from 0 to 65535`);
}

function readSeconds(env: Environment, name: string, byDefault: number): number {
  const text = env[name] ?? String(byDefault);
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds >= 1 && seconds <= LONGEST_TIMEOUT) return seconds;
  throw new SettingProblem(
    `${name} is "${text}", which is not a number of seconds from 1 to a year's`,
  );
}

function readReplicas(text = '0'): number {
  if (/^\d$/.test(text)) return Number(text);
  throw new SettingProblem(
    `REDIS_WAIT_REPLICAS is "${text}", which is not a number of replicas from 0 to ${MOST_REPLICAS}`,
  );
}

function readProxies(text: string | undefined, byDefault: number): number {
  if (text === undefined) return byDefault;
  if (/^\d$/.test(text)) return Number(text);
  throw new SettingProblem(
    `TRUSTED_PROXIES is "${text}", which is not a number of proxies from 0 to ${MOST_PROXIES}`,
  );
}

/** The first choice is the default. */
function readChoice<const Choice extends string>(
  env: Environment,
  name: string,
  choices: readonly [Choice, ...Choice[]],
): Choice {
  const text = env[name] ?? choices[0];
  const choice = choices.find((candidate) => candidate === text);
  if (choice) return choice;
  throw new SettingProblem(`${name} is "${text}", which is neither "${choices.join('" nor "')}"`);
}
