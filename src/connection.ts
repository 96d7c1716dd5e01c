/** A connection to Redis, as every service binding describes one in the end. */

export type Connection = Standalone | Sentinel | Cluster | Replicated;

interface Standalone extends Common {
  kind: 'standalone';
  node: Address;
}

interface Sentinel extends Common {
  kind: 'sentinel';
  sentinels: Address[];
  masterName: string;
  sentinelLogin: Login;
}

interface Cluster extends Common {
  kind: 'cluster';
  nodes: Address[];
}

/** A primary for writes and a reader endpoint that spreads reads over its replicas. */
interface Replicated extends Common {
  kind: 'replicated';
  primary: Address;
  reader: Address;
}

export interface Address {
  host: string;
  port: number;
}

export interface Login {
  username: string | null;
  password: string | null;
}

/** Certificates and keys are PEM texts. */
export interface Tls {
  ca: string[];
  clientCertificate: string | null;
  clientKey: string | null;
}

/** Connections of all topologies have these. */
interface Common {
  login: Login;
  database: number;
  /** null: the connection is not encrypted. */
  tls: Tls | null;
}

/** Which certificates the app accepts from any Redis, besides those that Node.js brings. */
export interface Trust {
  /** PEM texts: the operating system's, those of NODE_EXTRA_CA_CERTS, then the platform's. */
  certificates: string[];
  /** False only by REDIS_TLS_REJECT_UNAUTHORIZED=false: any certificate is accepted. */
  verify: boolean;
  /** The name to expect in the certificate instead of the host's, for a connection by tunnel. */
  serverName: string | null;
}

/** Returns the addresses dialled first: for Sentinel, those of the sentinels. */
export function nodesOf(connection: Connection): Address[] {
  switch (connection.kind) {
    case 'standalone':
      return [connection.node];
    case 'sentinel':
      return connection.sentinels;
    case 'cluster':
      return connection.nodes;
    case 'replicated':
      return [connection.primary];
  }
}

/** `host:port`, with brackets around an IPv6 host. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** One line for the log. It names neither user nor password. */
export function describe(connection: Connection): string {
  const nodes = nodesOf(connection).map(formatAddress).join(', ');
  const master = connection.kind === 'sentinel' ? ` for ${connection.masterName}` : '';
  const reader =
    connection.kind === 'replicated' ? `, reader ${formatAddress(connection.reader)}` : '';
  const tls = connection.tls ? 'over TLS' : 'without TLS';
  return `${connection.kind} ${nodes}${master}${reader} ${tls}`;
}
