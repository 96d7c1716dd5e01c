/** Reads the app's one Redis connection from the environment, or why there is none. */
import type { Connection } from '../connection.ts';
import { readCredentials } from './credentials.ts';
import { BindingProblem } from './fields.ts';
import { findNamedServices, findRedisServices, type Service } from './services.ts';
import { type Environment, SOURCES } from './sources.ts';

export interface Binding {
  /** null: no Redis is bound. */
  service: Pick<Service, 'name' | 'label' | 'plan'> | null;
  /** null: no Redis is bound, or what is bound cannot be understood. */
  connection: Connection | null;
  /** Why there is no connection; also null when nothing is bound. */
  problem: string | null;
  warnings: string[];
}

/** Never throws: with a binding that cannot be read, the app starts and reports what is wrong. */
export function readBinding(env: Environment): Binding {
  const wanted = env.REDIS_SERVICE_NAME || env.service_name || null;
  const seen: Service[] = [];
  const problems: string[] = [];

  for (const readSource of SOURCES) {
    try {
      const services = readSource(env);
      seen.push(...services);
      const [service, ...others] = wanted
        ? findNamedServices(services, wanted)
        : findRedisServices(services);
      if (service) {
        const binding = bind(service, readTlsEnabled(env));
        return { ...binding, warnings: [...problems, ...warnOfOthers(service, others)] };
      }
    } catch (error) {
      problems.push(messageOf(error));
    }
  }

  if (wanted && problems.length === 0) problems.push(notFound(wanted, seen));
  // An invalid pattern is the same problem in every source
  const problem = [...new Set(problems)].join('. ') || null;
  return { service: null, connection: null, problem, warnings: [] };
}

function bind(service: Service, useTls: boolean | null): Omit<Binding, 'warnings'> {
  const { name, label, plan, credentials } = service;
  try {
    const connection = readCredentials(credentials, useTls);
    return { service: { name, label, plan }, connection, problem: null };
  } catch (error) {
    const problem = `Service "${name}" (${label}) cannot be used: ${messageOf(error)}`;
    return { service: { name, label, plan }, connection: null, problem };
  }
}

/** cf-redis-example-app's switch between a service's plain port and its TLS port. */
function readTlsEnabled({ tls_enabled }: Environment): boolean | null {
  if (tls_enabled === 'true') return true;
  return tls_enabled === 'false' ? false : null;
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

/** Other errors are mistakes of this app, and their messages might quote a secret. */
function messageOf(error: unknown): string {
  return error instanceof BindingProblem ? error.message : 'it has a form that nobody foresaw';
}
