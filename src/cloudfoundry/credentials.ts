/** Reads the credentials of a Redis service, in the shapes that brokers give them. */
import type { Address, Connection, Tls } from '../connection.ts';
import { type CommonFields, readCommonFields, SENTINELS, URI } from './common-fields.ts';
import {
  BindingProblem,
  type Fields,
  type ListedHost,
  readBoolean,
  readHosts,
  readPort,
  readText,
} from './fields.ts';
import { flatten } from './flatten.ts';

const DEFAULT_SENTINEL_PORT = 26379;
const DEFAULT_MASTER_NAME = 'mymaster';

const MASTER_NAME = ['master_name', 'sentinel_master_name', 'ha_master_name', 'master'];

/** In this order: a binding that lists sentinels may give the host of the primary as well. */
const TOPOLOGIES = [readSentinel, readCluster, readReplicated, readStandalone];

/**
 * Returns the connection that a service's credentials describe. `useTls` overrides their own flags.
 * Throws BindingProblem naming the field that cannot be read.
 */
export function readCredentials(credentials: Fields, useTls: boolean | null = null): Connection {
  if ('credhub-ref' in credentials) throw unresolvedReference();

  const fields = flatten(credentials);
  const common = readCommonFields(fields, useTls);
  for (const readTopology of TOPOLOGIES) {
    const connection = readTopology(fields, common);
    if (connection) return connection;
  }
  throw withoutHost(credentials, fields);
}

/** Tanzu, SAP and user-provided list sentinels; anynines and Orange give their port and hosts. */
function readSentinel(fields: Fields, common: CommonFields): Connection | null {
  const listed = readHosts(fields, SENTINELS);
  const masterName = readText(fields, MASTER_NAME);
  const port = readPort(fields, ['sentinel_port', 'ha_port']);
  const tlsPort = readPort(fields, ['sentinel_tls_port', 'tls_ha_port']);
  if (listed.length === 0 && !(masterName && (port ?? tlsPort))) return null;

  const { hosts, uri, login, database, tls } = common;
  const ofService = readHosts(fields, ['hosts']);
  const sentinels = [listed, ofService, hosts].find((candidates) => candidates.length > 0) ?? [];
  if (sentinels.length === 0) return null;
  const defaultPort = (tls && tlsPort) ?? port ?? DEFAULT_SENTINEL_PORT;
  return {
    kind: 'sentinel',
    sentinels: sentinels.map((sentinel) => toAddress(sentinel, tls, defaultPort)),
    // Swisscom writes the name as if it were a host: redis://NAME
    masterName: masterName?.replace(/^redis:\/\//, '') ?? uri?.fragment ?? DEFAULT_MASTER_NAME,
    sentinelLogin: {
      username: readText(fields, ['sentinel_username']),
      password: readText(fields, ['sentinel_password', 'ha_password']) ?? sapPassword(),
    },
    login,
    database,
    tls,
  };

  /** SAP's sentinels share the password of their servers. */
  function sapPassword() {
    return fields.sentinel_nodes ? login.password : null;
  }
}

/** SAP sets `cluster_mode`; AWS names the configuration endpoint of a cluster `clustercfg`. */
function readCluster(fields: Fields, common: CommonFields): Connection | null {
  const listed = readHosts(fields, ['cluster_nodes']);
  const { hosts, port, login, database, tls } = common;
  const nodes = listed.length > 0 ? listed : hosts;
  const isCluster =
    readBoolean(fields, ['cluster_mode', 'cluster_enabled']) ??
    (listed.length > 0 || hosts[0]?.host.startsWith('clustercfg.'));
  if (!isCluster || nodes.length === 0) return null;

  const addresses = nodes.map((node) => toAddress(node, tls, port));
  return { kind: 'cluster', nodes: addresses, login, database, tls };
}

/** The Cloud Service Broker for AWS gives the endpoint of the replicas beside the primary's. */
function readReplicated(fields: Fields, common: CommonFields): Connection | null {
  const [reader] = readHosts(fields, ['reader_endpoint']);
  const { hosts, port, login, database, tls } = common;
  if (!reader || !hosts[0]) return null;

  return {
    kind: 'replicated',
    primary: toAddress(hosts[0], tls, port),
    reader: toAddress(reader, tls, port),
    login,
    database,
    tls,
  };
}

/** One server: where several are listed, the first. */
function readStandalone(_fields: Fields, common: CommonFields): Connection | null {
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

function withoutHost(credentials: Fields, fields: Fields): BindingProblem {
  const found = Object.keys(credentials).join(', ') || 'none';
  const uri = readText(fields, URI);
  return new BindingProblem(
    uri === null
      ? `its credentials have neither a host nor a redis:// URI (fields found: ${found})`
      : 'its URI is not of the form redis://USER:PASSWORD@HOST:PORT ' +
          '(or rediss://, valkey://, valkeys://), with special characters percent-encoded',
  );
}
