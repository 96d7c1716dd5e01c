/** Reads the credentials of a Redis service, in the shapes that brokers give them. */
import type { Address, Connection, Tls } from '../connection.ts';
import { type CommonFields, readCommonFields } from './common-fields.ts';
import { findUri } from './connection-strings.ts';
import {
  BindingProblem,
  type Fields,
  type KnownFields,
  type ListedHost,
  MissingAddress,
  readBoolean,
  readHosts,
  readPort,
  readText,
  textOf,
} from './fields.ts';
import { mergeKnownFields, readKnownFields } from './known-fields.ts';

const DEFAULT_SENTINEL_PORT = 26379;
const DEFAULT_MASTER_NAME = 'mymaster';

/** In this order: a binding that lists sentinels may give the host of the primary as well. */
const TOPOLOGIES = [readSentinel, readCluster, readReplicated, readStandalone];

/**
 * Returns the connection that a service's credentials describe. `useTls` overrides their own flags.
 * Throws BindingProblem naming the field that cannot be read.
 */
export function readCredentials(credentials: Fields, useTls: boolean | null = null): Connection {
  if ('credhub-ref' in credentials) throw unresolvedReference();

  const known = readKnownFields(credentials);
  const uri = findUri(known, useTls);
  const fields = uri ? mergeKnownFields(known, readKnownFields(uri.options)) : known;
  const common = readCommonFields(fields, uri, useTls);
  for (const readTopology of TOPOLOGIES) {
    const connection = readTopology(fields, common);
    if (connection) return connection;
  }
  throw withoutHost(credentials, fields);
}

/** Tanzu, SAP and user-provided list sentinels; anynines and Orange give their port and hosts. */
function readSentinel(fields: KnownFields, common: CommonFields): Connection | null {
  const listed = readHosts(fields, 'sentinels');
  const masterName = readText(fields, 'masterName');
  const port = readPort(fields, 'sentinelPort');
  const tlsPort = readPort(fields, 'sentinelTlsPort');
  const hasSentinels = listed.length > 0 || isSentinelMode(fields, masterName);
  if (!hasSentinels && !(masterName && (port ?? tlsPort))) return null;

  const { hosts, uri, login, database, tls } = common;
  const ofService = readHosts(fields, 'hosts');
  const sentinels = [listed, ofService, hosts].find((candidates) => candidates.length > 0) ?? [];
  if (sentinels.length === 0) return null;
  const defaultPort = (tls && tlsPort) ?? port ?? DEFAULT_SENTINEL_PORT;
  return {
    kind: 'sentinel',
    sentinels: sentinels.map((sentinel) => toAddress(sentinel, tls, defaultPort)),
    // Swisscom writes the name as if it were a host: redis://NAME
    masterName: masterName?.replace(/^redis:\/\//, '') ?? uri?.fragment ?? DEFAULT_MASTER_NAME,
    sentinelLogin: {
      username: readText(fields, 'sentinelUsername'),
      password: readText(fields, 'sentinelPassword') ?? sharedPassword(),
    },
    login,
    database,
    tls,
  };

  /** The sentinels of SAP (`sentinel_nodes`) and of Bitnami's chart share the password of their servers. */
  function sharedPassword() {
    const name = fields.sentinels?.[0]?.name ?? '';
    return /^sentinel_?(nodes|hosts?)$/i.test(name) ? login.password : null;
  }
}

/** Canonical: `mode: sentinel`; Dapr: `failover: true` beside the name of the primary. */
function isSentinelMode(fields: KnownFields, masterName: string | null): boolean {
  if (readBoolean(fields, 'sentinelMode')) return true;
  if (masterName && readBoolean(fields, 'failover')) return true;
  return /sentinel/i.test(modeOf(fields));
}

/** SAP sets `cluster_mode`; AWS names the configuration endpoint of a cluster `clustercfg`. */
function readCluster(fields: KnownFields, common: CommonFields): Connection | null {
  const listed = readHosts(fields, 'clusterNodes');
  const { hosts, port, login, database, tls } = common;
  const nodes = listed.length > 0 ? listed : hosts;
  const isCluster =
    readBoolean(fields, 'clusterMode') ??
    (listed.length > 0 ||
      hosts[0]?.host.startsWith('clustercfg.') ||
      /^(true|(oss)?cluster)$/i.test(modeOf(fields)));
  if (!isCluster || nodes.length === 0) return null;

  const addresses = nodes.map((node) => toAddress(node, tls, port));
  return { kind: 'cluster', nodes: addresses, login, database, tls };
}

function modeOf({ mode }: KnownFields): string {
  return textOf(mode?.[0]?.value);
}

/** AWS and Google give the endpoint of the replicas beside the primary's. */
function readReplicated(fields: KnownFields, common: CommonFields): Connection | null {
  const [reader] = readHosts(fields, 'reader');
  const { hosts, port, login, database, tls } = common;
  if (!reader || !hosts[0]) return null;

  return {
    kind: 'replicated',
    primary: toAddress(hosts[0], tls, port),
    reader: toAddress(reader, tls, readPort(fields, 'readerPort') ?? port),
    login,
    database,
    tls,
  };
}

/** One server: where several are listed, the first. */
function readStandalone(_fields: KnownFields, common: CommonFields): Connection | null {
  const { hosts, port, login, database, tls } = common;
  if (!hosts[0]) return null;
  return { kind: 'standalone', node: toAddress(hosts[0], tls, port), login, database, tls };
}

function toAddress(listed: ListedHost, tls: Tls | null, defaultPort: number): Address {
  const port = (tls && listed.tlsPort) ?? listed.port ?? listed.tlsPort ?? defaultPort;
  return { host: listed.host, port };
}

function unresolvedReference(): BindingProblem {
  return new BindingProblem(
    'its credentials are a reference to CredHub ("credhub-ref") that the platform did not resolve. ' +
      'Restart the app; if that does not help, ask the operator whether this app may read CredHub',
  );
}

function withoutHost(credentials: Fields, fields: KnownFields): MissingAddress {
  const found = Object.keys(credentials).join(', ') || 'none';
  return new MissingAddress(
    fields.uri
      ? 'its URI is not of the form redis://USER:PASSWORD@HOST:PORT ' +
          '(or rediss://, valkey://, valkeys://), with special characters percent-encoded'
      : `its credentials have neither a host nor a redis:// URI (fields found: ${found})`,
  );
}
