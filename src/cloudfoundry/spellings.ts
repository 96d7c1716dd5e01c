/** The names that brokers, operators and people give to each field of a binding. */

/**
 * Case, `-`, `_` and `.` do not matter, and a prefix may stand before each name: SPELLINGS.host matches
 * `hostName`, `REDIS_HOST` and `connection.rediss.host`. Where a binding has several, the first counts.
 */
const SPELLINGS = {
  uri: 'uri url composed connection_string dsn',
  /** A host, a list of hosts, or `host:port`. */
  host: `
    tls_host host hostname primary_endpoint_address primary_endpoint primary_host primary_fqdn
    primary_address primary_endpoint_ip_address master_host write_endpoint writer_endpoint
    write_host writer_host endpoint_address endpoint endpoints public_host public_endpoint
    private_host private_endpoint internal_host`,
  /** A host only where nothing else is. Redis Enterprise's operator names Kubernetes services. */
  otherHost: `
    address addr server domain domain_name fqdn ip vip connection_address connection_domain
    service_host service_names service_name`,
  hosts: 'hosts servers addresses addrs nodes ips',
  port: `
    port plain_port non_tls_port non_ssl_port primary_port primary_endpoint_port endpoint_port
    configuration_endpoint_port discovery_endpoints_port service_port vport`,
  tlsPort: 'tls_port ssl_port secure_port port_tls port_ssl',
  username: 'username user acl_user acl_username account account_name',
  password: `
    password passwd passphrase pass pwd pw primary_key primary_access_key access_key auth_token
    auth_string auth_password auth_key auth requirepass root_password default_password
    key`,
  database: 'database db database_index db_index database_number default_database',
  name: 'name cache_name',
  /** A switch, or an object of certificates. */
  tls: `
    tls tls_enabled ssl ssl_enabled tls_enable ssl_enable enable_tls enable_ssl use_tls use_ssl
    is_tls is_ssl tls_required ssl_required require_tls require_ssl tls_mode ssl_mode tls_config
    ssl_config tls_options ssl_options secure
    encryption_in_transit encryption_in_transit_enabled in_transit_encryption
    in_transit_encryption_enabled transit_encryption transit_encryption_enabled
    transit_encryption_mode client_protocol`,
  scheme: 'scheme protocol transport',
  ca: `
    ca ca_base64 ca_certificate ca_certificate_base64 certificate_base64 tls_ca server_ca
    ssl_root_cert ca_cert ca_certs ca_certificates ca_crt ca_pem ca_data ca_bundle ca_cert_base64
    cert_base64 root_ca root_cert ssl_ca ssl_ca_cert ssl_ca_certs tls_ca_cert tls_ca_certificate
    tls_ca_crt server_ca_cert server_ca_certs server_ca_certs_cert server_ca_certificates
    certificate_authority server_certificate managed_server_ca`,
  /** Without a key beside it, the certificate of the server. */
  certificate: `
    tls_certificate client_certificate client_cert client_crt tls_client_cert
    tls_client_certificate ssl_cert ssl_certificate tls_cert tls_crt certificate certificates cert`,
  key: 'tls_private_key client_private_key client_key tls_client_key ssl_key tls_key private_key',
  sentinels: `
    sentinels sentinel sentinel_nodes sentinel_hosts sentinel_host sentinel_endpoints sentinel_endpoint
    sentinel_addresses sentinel_address`,
  masterName: `
    master_name sentinel_master_name sentinel_master ha_master_name master master_set primary_name
    sentinel_primary_name`,
  sentinelPort: 'sentinel_port ha_port',
  sentinelTlsPort: 'sentinel_tls_port tls_sentinel_port tls_ha_port',
  sentinelUsername: 'sentinel_username sentinel_user',
  sentinelPassword: 'sentinel_password ha_password',
  sentinelMode: 'sentinel_enabled sentinel_mode',
  failover: 'failover',
  clusterNodes: `
    cluster_nodes configuration_endpoint_address configuration_endpoint
    cluster_configuration_endpoint cluster_endpoint_address cluster_endpoint cluster_endpoints
    discovery_endpoints_address discovery_endpoints discovery_endpoint`,
  clusterMode: 'cluster_mode cluster_enabled cluster_mode_enabled is_cluster',
  /** Where it says `sentinel` or `cluster`; other values mean other things. */
  mode: 'mode topology client_type redis_type deployment_mode clustering_policy cluster',
  reader: `
    reader_endpoint_address reader_endpoint read_endpoint_address read_endpoint read_only_endpoint
    read_only_endpoints replica_endpoint reader_host read_host read_only_host replica_host
    replicas_fqdn slave_host`,
  readerPort: `
    reader_endpoint_port reader_port read_endpoint_port read_only_port read_port replica_port
    slave_port`,
};

export type Role = keyof typeof SPELLINGS;

export interface Spelling {
  role: Role;
  /** The place among the spellings of its role: the first is the likeliest. */
  rank: number;
}

const SPELLING_BY_WORDS = new Map<string, Spelling>(
  Object.entries(SPELLINGS).flatMap(([role, names]) =>
    names
      .trim()
      .split(/\s+/)
      .map((name, rank) => [name.replaceAll('_', ''), { role: role as Role, rank }] as const),
  ),
);

/** Splits `primaryKey`, `PRIMARY_KEY` and `primary.key` into the same words; `REDISHOST` into two. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .flatMap((word) => word.split(/(?<=^(?:redis|valkey))(?!s$)/))
    .filter(Boolean);
}

/** Finds the longest known name that these words end in; null for none. Skips numbers inside it. */
export function findSpelling(words: string[]): (Spelling & { prefix: string[] }) | null {
  for (const [start, word] of words.entries()) {
    if (isNumber(word)) continue;
    const name = words.slice(start).filter((each) => !isNumber(each));
    const spelling = SPELLING_BY_WORDS.get(name.join(''));
    if (spelling) return { ...spelling, prefix: words.slice(0, start) };
  }
  return null;
}

function isNumber(word: string): boolean {
  return /^\d+$/.test(word);
}
