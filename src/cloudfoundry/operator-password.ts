/** Reads the password of the operator: a variable, or a user-provided service with the tag `operator`. */
import type { Service } from './services.ts';
import { type Environment, SOURCES } from './sources.ts';

export interface OperatorPassword {
  /** null: there is no operator. */
  password: string | null;
  /** Why a password that is set is not used. It does not hold the password. */
  problem: string | null;
}

/** Strangers may guess ten times in a quarter of an hour from each of their addresses. */
const SHORTEST = 12; // characters

/** Never throws: readBinding reports a source that cannot be read. */
export function readOperatorPassword(env: Environment): OperatorPassword {
  if (env.OPERATOR_PASSWORD) return check('OPERATOR_PASSWORD', env.OPERATOR_PASSWORD);

  const service = SOURCES.flatMap((read) => readQuietly(read, env)).find(isOfOperator);
  if (!service) return { password: null, problem: null };
  const { password } = service.credentials;
  const name = `The field "password" of the service "${service.name}", which has the tag operator,`;
  if (typeof password !== 'string') return { password: null, problem: `${name} is not a text` };
  return check(name, password);
}

function check(name: string, password: string): OperatorPassword {
  if (Array.from(password).length >= SHORTEST) return { password, problem: null };
  const problem = `${name} has fewer than ${SHORTEST} characters: choose a longer one`;
  return { password: null, problem };
}

function isOfOperator({ tags }: Service): boolean {
  return tags.includes('operator');
}

function readQuietly(read: (typeof SOURCES)[number], env: Environment): Service[] {
  try {
    return read(env).services;
  } catch {
    return [];
  }
}
