/** Reads variables that the operator sets to true or false. */
import type { Environment } from './sources.ts';

/** A variable with an invalid value. Its message says which values are valid. */
export class SettingProblem extends Error {}

/** Returns null for a variable that is not set. Throws SettingProblem for what is neither. */
export function readSwitch(env: Environment, name: string): boolean | null {
  const text = env[name]?.trim();
  if (!text) return null;
  if (/^(true|yes|on|1)$/i.test(text)) return true;
  if (/^(false|no|off|0)$/i.test(text)) return false;
  throw new SettingProblem(`${name} is "${text}", which is neither "true" nor "false"`);
}
