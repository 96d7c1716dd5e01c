/** Describes the app and its Redis, without passwords, keys and certificates. */
import type { Binding } from './cloudfoundry/binding.ts';
import type { Instance } from './cloudfoundry/instance.ts';
import { type Address, formatAddress, nodesOf } from './connection.ts';
import { isForbidden } from './redis/explain.ts';
import type { Availability } from './redis/availability.ts';
import type { BoundRedis } from './redis/bound-redis.ts';
import type { Failovers } from './redis/failovers.ts';
import { isReplicaAsked } from './redis/replica-reads.ts';
import type { Times, Verdict } from './redis/probe.ts';
import { readServerInfo, type ServerInfo } from './redis/server-info.ts';
import { warningsOf } from './redis/warnings.ts';

export interface Overview {
  app: { name: string; instance: { index: number; guid: string } };
  redis: RedisOverview;
}

interface RedisOverview {
  /** True if a key could be stored, read and removed a moment ago. */
  works: boolean;
  /** A sentence that says why Redis does not work; null if it works. */
  problem: string | null;
  /** The milliseconds that this took; null if Redis does not work. */
  times: Times | null;
  bound: boolean;
  service: string | null;
  label: string | null;
  plan: string | null;
  topology: string | null;
  nodes: Address[] | null;
  masterName: string | null;
  reader: Address | null;
  tls: boolean | null;
  username: string | null;
  database: number | null;
  /** The servers that values of keys are read from now; null while Redis is away. */
  readsFrom: 'primary' | 'replica' | null;
  /** The last one that this instance has noticed. */
  lastFailover: Failovers['last'];
  /** null while Redis does not answer. */
  server: ServerInfo | null;
  /** Why there is no `server`; null while there is, or when nothing is bound. */
  error: string | null;
  /** Sentences about what may go wrong later, or about the choice of the service; null for none. */
  warning: string | null;
}

interface Parts {
  instance: Instance;
  binding: Binding;
  redis: BoundRedis | null;
  availability: Availability;
  probe: () => Promise<Verdict>;
  /** How many replicas must confirm a write. */
  waitReplicas: number;
}

/** Asks Redis only while it is available. */
export async function readOverview(parts: Parts): Promise<Overview> {
  const { instance, binding, redis, probe, waitReplicas } = parts;
  const [verdict, { server, error }] = await Promise.all([probe(), askServer(parts)]);
  const warnings = [...binding.warnings, ...(server ? warningsOf(server, waitReplicas) : [])];
  return {
    app: { name: instance.appName, instance: { index: instance.index, guid: instance.guid } },
    redis: {
      ...verdict,
      ...describeBinding(binding),
      readsFrom: readReadsFrom(parts),
      lastFailover: redis && redis.failovers.last,
      server,
      error,
      warning: warnings.join('. ') || null,
    },
  };
}

/** The verdict, and aligned lines for a terminal. */
export function formatOverview({ app, redis }: Overview): string {
  const lines: [string, string | null][] = [
    ['app', `${app.name}, instance ${app.instance.index} (${app.instance.guid})`],
    ['service', redis.bound ? formatService(redis) : null],
    ['topology', redis.topology],
    ['nodes', redis.nodes && redis.nodes.map(formatAddress).join(', ')],
    ['master name', redis.masterName],
    ['reader', redis.reader && formatAddress(redis.reader)],
    ['TLS', redis.tls === null ? null : redis.tls ? 'yes' : 'no'],
    ['user name', redis.username],
    ['database', redis.database === null ? null : String(redis.database)],
    ['version', redis.server && redis.server.version],
    ['role', redis.server && redis.server.role],
    ['reads from', redis.readsFrom],
    ['replicas', formatReplicas(redis.server)],
    ['failover', redis.lastFailover && formatFailover(redis.lastFailover)],
    ['memory', redis.server && formatMemory(redis.server)],
    ['eviction', redis.server && redis.server.evictionPolicy],
    ['not shown', redis.error === redis.problem ? null : redis.error],
    ['warning', redis.warning],
  ];
  const facts = lines
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name.padEnd(13)}${value}\n`);
  return `${formatVerdict(redis)}\n${facts.join('')}`;
}

function formatVerdict({ problem, times }: RedisOverview): string {
  if (!times) return `Redis does not work: ${problem}`;
  return `Redis works (SET ${times.set} ms, GET ${times.get} ms, DEL ${times.del} ms)`;
}

function describeBinding({
  service,
  connection,
}: Binding): Omit<
  RedisOverview,
  keyof Verdict | 'readsFrom' | 'lastFailover' | 'server' | 'error' | 'warning'
> {
  return {
    bound: service !== null,
    service: service && service.name,
    label: service && service.label,
    plan: service && service.plan,
    topology: connection && connection.kind,
    nodes: connection && nodesOf(connection),
    masterName: connection?.kind === 'sentinel' ? connection.masterName : null,
    reader: connection?.kind === 'replicated' ? connection.reader : null,
    tls: connection && connection.tls !== null,
    username: connection && connection.login.username,
    database: connection && connection.database,
  };
}

function readReadsFrom({ redis, availability }: Parts): RedisOverview['readsFrom'] {
  if (redis && isReplicaAsked(redis.replica)) return 'replica';
  return availability.isAvailable ? 'primary' : null;
}

async function askServer({
  redis,
  availability,
}: Parts): Promise<Pick<RedisOverview, 'server' | 'error'>> {
  if (!redis || !availability.isAvailable) return { server: null, error: availability.problem };
  try {
    return { server: await readServerInfo(redis.client), error: null };
  } catch (error) {
    return { server: null, error: explainMissing(error as Error, availability) };
  }
}

/** INFO may be renamed or forbidden where all else works. */
function explainMissing(error: Error, availability: Availability): string {
  const reason = availability.explain(error);
  return isForbidden(error) ? `Version, role, memory and replicas: ${reason}` : reason;
}

function formatService({ service, label, plan }: RedisOverview): string {
  return `${service} (${label}${plan ? `, plan ${plan}` : ''})`;
}

function formatReplicas(server: ServerInfo | null): string | null {
  if (!server || server.replicas.length === 0) return null;
  const each = server.replicas.map(
    (replica) => `${formatAddress(replica)} (${replica.state}, ${replica.behind} bytes behind)`,
  );
  return each.join(', ');
}

function formatFailover({ at, from, to }: NonNullable<Failovers['last']>): string {
  return `${at.toISOString()}, from ${from} to ${to}`;
}

function formatMemory({ usedMemory, maxMemory }: ServerInfo): string {
  const limit = maxMemory ? `of ${formatBytes(maxMemory)}` : 'used, without a limit';
  return `${formatBytes(usedMemory ?? 0)} ${limit}`;
}

function formatBytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
