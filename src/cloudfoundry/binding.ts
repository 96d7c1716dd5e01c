/** Reads the app's one Redis connection from the environment, or why there is none. */
import type { Connection } from '../connection.ts';
import { readCredentials } from './credentials.ts';
import { messageOf } from './fields.ts';
import {
  explainLookAlikes,
  findNamedServices,
  findRedisServices,
  type Service,
} from './services.ts';
import { readSwitch } from './settings.ts';
import { type Environment, SOURCES } from './sources.ts';
import { warnOfUnused } from './unused-secrets.ts';

/** The first sentence for an app without a Redis. */
export const UNBOUND = 'You must bind a Redis service instance to this application.';

export interface Binding {
  /** null: no Redis is bound. */
  service: Pick<Service, 'name' | 'label' | 'plan'> | null;
  /** null: no Redis is bound, or what is bound cannot be understood. */
  connection: Connection | null;
  /** Why there is no connection; also null when nothing is bound. */
  problem: string | null;
  warnings: string[];
}

/**
 * With a binding that cannot be read, the app starts and reports what is wrong. Throws SettingProblem
 * when `tls_enabled` is neither true nor false.
 */
export function readBinding(env: Environment): Binding {
  // cf-redis-example-app's switch between a service's plain port and its TLS port
  const useTls = readSwitch(env, 'tls_enabled');
  const wanted = env.REDIS_SERVICE_NAME || env.service_name || null;
  const seen: Service[] = [];
  const problems: string[] = [];

  for (const readSource of SOURCES) {
    try {
      const { services, problem } = readSource(env);
      seen.push(...services);
      if (problem !== null) problems.push(problem);
      if (!wanted) problems.push(...explainLookAlikes(services));
      const [service, ...others] = wanted
        ? findNamedServices(services, wanted)
        : findRedisServices(services);
      if (service) {
        const binding = bind(service, useTls);
        const warnings = [...problems, ...warnOfOthers(service, others), ...binding.warnings];
        return { ...binding, warnings };
      }
    } catch (error) {
      problems.push(messageOf(error));
    }
  }

  if (problems.length === 0) {
    if (wanted) problems.push(notFound(wanted, seen));
    else if (seen.length > 0) problems.push(noneOfRedis(seen));
  }
  // An invalid pattern is the same problem in every source
  const problem = [...new Set(problems)].join('. ') || null;
  return { service: null, connection: null, problem, warnings: [] };
}

function bind({ name, label, plan, credentials }: Service, useTls: boolean | null): Binding {
  const service = { name, label, plan };
  try {
    const connection = readCredentials(credentials, useTls);
    const unused = warnOfUnused(credentials, connection);
    const warnings = unused.map((warning) => `Service "${name}" (${label}): ${warning}`);
    return { service, connection, problem: null, warnings };
  } catch (error) {
    const problem = `Service "${name}" (${label}) cannot be used: ${messageOf(error)}`;
    return { service, connection: null, problem, warnings: [] };
  }
}

function warnOfOthers(chosen: Service, others: Service[]): string[] {
  if (others.length === 0) return [];
  const names = others.map(({ name }) => `"${name}"`).join(', ');
  return [
    `Several Redis services are bound: using "${chosen.name}", not ${names}. ` +
      'To choose, set REDIS_SERVICE_NAME to the name of one: cf set-env APP REDIS_SERVICE_NAME NAME',
  ];
}

function notFound(wanted: string, services: Service[]): string {
  const names = services.map(({ name }) => `"${name}"`).join(', ') || 'none';
  return `REDIS_SERVICE_NAME asks for "${wanted}", but no bound service is called so (bound: ${names})`;
}

function noneOfRedis(services: Service[]): string {
  const all = services.map(({ name, label }) => `"${name}" (${label})`).join(', ');
  return (
    `${UNBOUND} The bound services are not taken for a Redis: ${all}. ` +
    'A Redis has "redis" or "valkey" among its tags or in its label, or a redis:// URI; a user-provided one may have it in its name. ' +
    'To use one of these all the same, set REDIS_SERVICE_NAME to its name: cf set-env APP REDIS_SERVICE_NAME NAME'
  );
}
