/** Chooses the fields of one server among all that a binding has, and sorts them by what they mean. */
import { connectionStringIn, parseConnectionString } from './connection-strings.ts';
import {
  BindingProblem,
  type Field,
  type Fields,
  groupByRole,
  type KnownFields,
  parseHosts,
} from './fields.ts';
import { flatten } from './flatten.ts';
import { type Known, recognize } from './recognize.ts';
import type { Role } from './spellings.ts';

/** Roles that say where Redis is. */
const ADDRESSES: Role[] = ['host', 'hosts', 'uri', 'sentinels', 'clusterNodes', 'otherHost'];

/**
 * Returns the fields of one server: where names have prefixes, as in REDIS_HOST and SMTP_HOST, those of
 * Redis. Throws BindingProblem if several servers may be meant.
 */
export function readKnownFields(credentials: Fields): KnownFields {
  const known = recognize(flatten(credentials));
  const chosen = choosePrefix(known.filter(isAddress));
  const ofServer = known.filter(({ prefix }) => belongsTo(prefix, chosen));
  return groupByRole(ofServer.sort((a, b) => b.prefix.length - a.prefix.length || a.rank - b.rank));
}

/** Returns the fields of both; those of the first come first. */
export function mergeKnownFields(first: KnownFields, second: KnownFields): KnownFields {
  const merged = { ...first };
  for (const [role, fields] of Object.entries(second) as [Role, Field[]][])
    merged[role] = [...(merged[role] ?? []), ...fields];
  return merged;
}

function isAddress({ role, value }: Known): boolean {
  return ADDRESSES.includes(role) && (role !== 'uri' || connectionStringIn(value) !== null);
}

/**
 * Prefers a prefix that names Redis, then none, then that of a connection string, then another; among
 * these, the shortest.
 */
function choosePrefix(addresses: Known[]): string {
  const [first, ...others] = addresses.toSorted(
    (a, b) => likelihood(b) - likelihood(a) || a.prefix.length - b.prefix.length,
  );
  if (!first) return '';
  const rival = others.find(
    (other) =>
      likelihood(other) === likelihood(first) &&
      !`${other.prefix} `.startsWith(`${first.prefix} `) &&
      hostOf(other) !== hostOf(first),
  );
  if (!rival) return first.prefix;
  throw new BindingProblem(
    `its fields "${first.name}" and "${rival.name}" name different servers, and nothing says which of ` +
      'them to use. Bind a service that has the fields of one of them',
  );
}

function likelihood({ prefix, role }: Known): number {
  if (/rediss|valkeys/.test(prefix)) return 4;
  if (/redis|valkey/.test(prefix)) return 3;
  if (prefix === '') return 2;
  return role === 'uri' ? 1 : 0;
}

function hostOf({ value }: Known): unknown {
  const string = connectionStringIn(value);
  const hosts = string ? parseConnectionString(string)?.hosts : parseHosts(value);
  return hosts?.[0]?.host;
}

/** Fields without a prefix are for every server; anynines keeps the login under `redis` or `valkey`. */
function belongsTo(prefix: string, chosen: string): boolean {
  if (prefix === '' || `${chosen} `.startsWith(`${prefix} `)) return true;
  return chosen === '' && /^(redis|valkey)s?$/.test(prefix);
}
