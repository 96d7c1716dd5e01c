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

/** Roles that say where Redis is, or where one can ask for it. */
const SERVERS: Role[] = ['host', 'hosts', 'uri'];
const ADDRESSES: Role[] = [...SERVERS, 'sentinels', 'clusterNodes', 'otherHost'];

/**
 * Returns the fields of one server: where names have prefixes, as in REDIS_HOST and SMTP_HOST, those of
 * Redis. Throws BindingProblem if several servers may be meant.
 */
export function readKnownFields(credentials: Fields): KnownFields {
  const known = recognize(flatten(credentials));
  const addresses = known.filter(isAddress);
  const address = chooseAddress(addresses);
  const others = addresses.filter((other) => isOtherServer(other, address));
  const ofServer = known.filter(
    ({ prefix }) =>
      belongsTo(prefix, address?.prefix ?? '') && !others.some((other) => other.prefix === prefix),
  );
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
function chooseAddress(addresses: Known[]): Known | undefined {
  const [first, ...others] = addresses.toSorted(
    (a, b) => likelihood(b) - likelihood(a) || a.prefix.length - b.prefix.length,
  );
  if (!first) return undefined;
  const rival = others.find(
    (other) =>
      likelihood(other) === likelihood(first) &&
      !`${other.prefix} `.startsWith(`${first.prefix} `) &&
      hostOf(other) !== hostOf(first),
  );
  if (!rival) return first;
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

/** The fields beside another server's address are not for this one. */
function isOtherServer(other: Known, chosen: Known | undefined): boolean {
  if (!chosen || other.prefix === chosen.prefix) return false;
  const areServers = [other, chosen].every(({ role }) => SERVERS.includes(role));
  return areServers && hostOf(other) !== hostOf(chosen);
}

function hostOf({ value }: Known): unknown {
  const string = connectionStringIn(value);
  const hosts = string ? parseConnectionString(string)?.hosts : parseHosts(value);
  return hosts?.[0]?.host;
}

/** Fields without a prefix are for Redis as well; anynines keeps the login under `redis` or `valkey`. */
function belongsTo(prefix: string, chosen: string): boolean {
  if (prefix === '' || `${chosen} `.startsWith(`${prefix} `)) return true;
  return chosen === '' && /^(redis|valkey)s?$/.test(prefix);
}
