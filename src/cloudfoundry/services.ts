/** Finds the Redis service among all bound services. */
import { readCredentials } from './credentials.ts';
import { BindingProblem, type Fields, isFields, MissingAddress } from './fields.ts';
import { flatten } from './flatten.ts';
import { hasRedisScheme } from './redis-uri.ts';

/** The parts of an entry of VCAP_SERVICES that this app reads. */
export interface Service {
  name: string;
  label: string;
  plan: string | null;
  tags: string[];
  instanceName: string | null;
  bindingName: string | null;
  credentials: Fields;
}

const REDIS_TAG = /^(redis|valkey)$/i;
const REDIS_LABEL = /redis|valkey|keyvalue/i;
const REDIS_NAME = /redis|valkey/i;
const REGULAR_EXPRESSION = /^\/(.+)\/([a-z]*)$/;

/**
 * The surest sign first. A host, a port and a password are no sign: a mail server has them too.
 */
const SIGNS: ((service: Service) => boolean)[] = [
  ({ tags }) => tags.some((tag) => REDIS_TAG.test(tag)),
  ({ label }) => REDIS_LABEL.test(label),
  ({ credentials }) => flatten(credentials).some(({ value }) => hasRedisScheme([value].flat()[0])),
  (service) => isNamedRedis(service) && findMissing(service) === null,
];

/** Converts an entry of the platform; fields that are missing or mistyped become null or empty. */
export function toService(entry: Fields): Service {
  return {
    name: textOr('', entry.name),
    label: textOr('', entry.label),
    plan: textOr(null, entry.plan),
    tags: Array.isArray(entry.tags) ? entry.tags.filter((tag) => typeof tag === 'string') : [],
    instanceName: textOr(null, entry.instance_name),
    bindingName: textOr(null, entry.binding_name),
    credentials: isFields(entry.credentials) ? entry.credentials : {},
  };
}

/** Returns the services that look like a Redis, the likeliest first. */
export function findRedisServices(services: Service[]): Service[] {
  return [...new Set(SIGNS.flatMap((sign) => services.filter(sign)))];
}

/** Returns what services lack that look like a Redis only by a name. */
export function explainLookAlikes(services: Service[]): string[] {
  const lookAlikes = services.filter(
    (service) => isNamedRedis(service) && !SIGNS.some((sign) => sign(service)),
  );
  return lookAlikes.map(
    (service) => `The service "${service.name}" looks like a Redis, but ${findMissing(service)}`,
  );
}

/**
 * Returns the services that `REDIS_SERVICE_NAME` asks for: by name or by `/pattern/`. Throws
 * BindingProblem for an invalid pattern.
 */
export function findNamedServices(services: Service[], wanted: string): Service[] {
  const exact = services.filter((service) => namesOf(service).includes(wanted));
  if (exact.length > 0) return exact;

  const [, pattern, flags] = REGULAR_EXPRESSION.exec(wanted) ?? [];
  if (!pattern) return [];
  const expression = compile(pattern, flags!);
  return services.filter((service) => namesOf(service).some((name) => expression.test(name)));
}

function textOr<Otherwise>(otherwise: Otherwise, value: unknown): string | Otherwise {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}

function namesOf({ name, instanceName, bindingName }: Service): string[] {
  return [name, instanceName, bindingName].filter((text) => text !== null);
}

function compile(pattern: string, flags: string): RegExp {
  try {
    return new RegExp(pattern, flags.replace(/[gy]/g, ''));
  } catch {
    throw new BindingProblem(
      `REDIS_SERVICE_NAME is not a regular expression: /${pattern}/${flags}`,
    );
  }
}

/** Other services say by their label what they are. The tag is that of the operator's password. */
function isNamedRedis(service: Service): boolean {
  const { label, tags, credentials } = service;
  if (!['user-provided', ''].includes(label) || tags.includes('operator')) return false;
  return [...namesOf(service), ...Object.keys(credentials)].some((name) => REDIS_NAME.test(name));
}

/** Returns null for credentials that have an address, even if something else is wrong with them. */
function findMissing({ credentials }: Service): string | null {
  try {
    readCredentials(credentials);
    return null;
  } catch (error) {
    return error instanceof MissingAddress ? error.message : null;
  }
}
