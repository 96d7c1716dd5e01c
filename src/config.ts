/** All that the environment tells this app: the one reader of `process.env`. */
import { type Binding, readBinding } from './cloudfoundry/binding.ts';
import { type Instance, readInstance } from './cloudfoundry/instance.ts';
import type { Environment } from './cloudfoundry/sources.ts';
import { type Trust, readTrust } from './cloudfoundry/trust.ts';

export interface Config {
  port: number;
  instance: Instance;
  binding: Binding;
  trust: Trust;
}

const DEFAULT_PORT = 3000;

/** Throws only for a PORT that is none: without one, nobody could be told of the mistake. */
export function readConfig(env: Environment = process.env): Config {
  return {
    port: readPort(env.PORT),
    instance: readInstance(env),
    binding: readBinding(env),
    trust: readTrust(env),
  };
}

function readPort(text = String(DEFAULT_PORT)): number {
  const port = Number(text);
  if (text.trim() !== '' && Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw new Error(`PORT is "${text}", which is not a port number from 0 to 65535`);
}
