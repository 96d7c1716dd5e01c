/** How to reach a Redis: what a service binding comes down to, whoever the broker is. */

export type Connection = Standalone | Sentinel | Cluster | Replicated;

interface Standalone extends Access {
  kind: 'standalone';
  node: Address;
}

interface Sentinel extends Access {
  kind: 'sentinel';
  sentinels: Address[];
  masterName: string;
  sentinelLogin: Login;
}

interface Cluster extends Access {
  kind: 'cluster';
  nodes: Address[];
}

/** A primary for writes and a reader endpoint that spreads reads over its replicas. */
interface Replicated extends Access {
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

interface Access {
  login: Login;
  database: number;
  /** null: the connection is not encrypted. */
  tls: Tls | null;
}

/** The addresses dialled first: the sentinels, for Sentinel. */
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
