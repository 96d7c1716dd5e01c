/** All that the environment tells this app: the one reader of `process.env`. */
import { type Binding, readBinding } from './cloudfoundry/binding.ts';
import { type Instance, readInstance } from './cloudfoundry/instance.ts';
import type { Environment } from './cloudfoundry/sources.ts';
import { type Trust, readTrust } from './cloudfoundry/trust.ts';
import type { Timeouts } from './sessions/sessions.ts';

export interface Config {
  port: number;
  instance: Instance;
  binding: Binding;
  trust: Trust;
  timeouts: Timeouts;
  isSignUpOpen: boolean;
}

const DEFAULT_PORT = 3000;
const DEFAULT_IDLE_TIMEOUT = 30 * 60; // seconds
const DEFAULT_ABSOLUTE_TIMEOUT = 12 * 60 * 60; // seconds
const LONGEST_TIMEOUT = 365 * 24 * 60 * 60; // seconds

/** Throws for a port, a timeout or a switch that is none. What is wrong with a binding waits. */
export function readConfig(env: Environment = process.env): Config {
  return {
    port: readPort(env.PORT),
    instance: readInstance(env),
    binding: readBinding(env),
    trust: readTrust(env),
    timeouts: {
      idle: 1000 * readSeconds(env, 'SESSION_IDLE_TIMEOUT', DEFAULT_IDLE_TIMEOUT),
      absolute: 1000 * readSeconds(env, 'SESSION_ABSOLUTE_TIMEOUT', DEFAULT_ABSOLUTE_TIMEOUT),
    },
    isSignUpOpen: readSignUp(env.SIGN_UP),
  };
}

function readPort(text = String(DEFAULT_PORT)): number {
  const port = Number(text);
  if (text.trim() !== '' && Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw new Error(`PORT is "${text}", which is not a port number from 0 to 65535`);
}

function readSeconds(env: Environment, name: string, byDefault: number): number {
  const text = env[name] ?? String(byDefault);
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds >= 1 && seconds <= LONGEST_TIMEOUT) return seconds;
  throw new Error(`${name} is "${text}", which is not a number of seconds from 1 to a year's`);
}

function readSignUp(text = 'open'): boolean {
  if (text === 'open' || text === 'closed') return text === 'open';
  throw new Error(`SIGN_UP is "${text}", which is neither "open" nor "closed"`);
}
