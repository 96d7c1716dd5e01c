/** Brings the nested credentials of some brokers into the flat form of all others. */
import { type Fields, isFields } from './fields.ts';

/** Objects and lists that a binding read from files holds as JSON text. */
const STRUCTURED = [
  'cluster',
  'cluster_nodes',
  'connection',
  'hosts',
  'redis',
  'sentinel',
  'sentinel_nodes',
  'sentinels',
  'ssl',
  'tls',
  'valkey',
];

const FLATTENERS = [flattenIbm, flattenNested, flattenSentinel, flattenCluster, flattenTls];

/** Returns one level of fields. Never throws. */
export function flatten(credentials: Fields): Fields {
  const parsed = parseStructured(nestDottedKeys(credentials));
  return FLATTENERS.reduce((fields, flattenOne) => ({ ...fields, ...flattenOne(fields) }), parsed);
}

/** `spring.data.redis.sentinel.nodes` (CredHub broker), `sentinel.nodes` (servicebinding.io). */
function nestDottedKeys(credentials: Fields): Fields {
  const fields: Fields = {};
  for (const [key, value] of Object.entries(credentials)) {
    const name = key.replace(/^spring\.(data\.)?redis\./, '');
    const [, group, field] = /^(sentinel|cluster|ssl)\.(\w+)$/.exec(name) ?? [];
    if (group && field) fields[group] = { ...asFields(fields[group]), [field]: value };
    else fields[name] = value;
  }
  return fields;
}

function parseStructured(fields: Fields): Fields {
  const parsed = { ...fields };
  for (const name of STRUCTURED) {
    const value = parsed[name];
    if (typeof value === 'string' && /^\s*[[{]/.test(value)) parsed[name] = parseJson(value);
  }
  return parsed;
}

/** IBM Cloud Databases: everything is under `connection.rediss`. */
function flattenIbm({ connection }: Fields): Fields {
  const { rediss, redis } = asFields(connection);
  const fields = asFields(rediss ?? redis);
  const { certificate_base64 } = asFields(fields.certificate);
  const composed: unknown = Array.isArray(fields.composed) ? fields.composed[0] : undefined;
  return withoutUndefined({
    ...asFields(fields.authentication),
    hosts: fields.hosts,
    uri: composed,
    database: fields.database,
    certificate_base64,
  });
}

/** anynines keeps login and port under the name of the server. */
function flattenNested({ redis, valkey }: Fields): Fields {
  return { ...asFields(redis), ...asFields(valkey) };
}

/** anynines: `sentinel.master_name`; Spring: `sentinel.master`, `sentinel.nodes`. */
function flattenSentinel({ sentinel }: Fields): Fields {
  const { master_name, master, nodes, username, password, port } = asFields(sentinel);
  return withoutUndefined({
    master_name: master_name ?? master,
    sentinels: nodes,
    sentinel_username: username,
    sentinel_password: password,
    sentinel_port: port,
  });
}

function flattenCluster({ cluster }: Fields): Fields {
  return withoutUndefined({ cluster_nodes: asFields(cluster).nodes });
}

/** SAP: `tls` may be an object of certificates; Spring: `ssl.enabled`. */
function flattenTls({ tls, ssl }: Fields): Fields {
  if (!isFields(tls)) return isFields(ssl) ? { ssl: ssl.enabled } : {};
  const { sslcert, sslkey, ...rest } = tls;
  const client = sslkey
    ? { tls_certificate: sslcert, tls_private_key: sslkey }
    : { server_certificate: sslcert };
  return { ...rest, ...client, tls: true };
}

function asFields(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function withoutUndefined(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
