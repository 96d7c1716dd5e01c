/** The environment that one app instance receives from the platform, no more and no less. */
import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';

/** One app instance, as the platform knows it. */
export interface Instance {
  index: number;
  port: number;
  /** The directory in which the app was unpacked. */
  home: string;
  temporaryDirectory: string;
  /** A new one if not given. */
  guid?: string;
  /** Host and port of the router; those of the instance if not given. */
  address?: string;
}

/** The credentials of one server; other topologies have other fields. */
export interface RedisCredentials {
  host: string;
  password: string;
  port: number;
}

/** As manifest.yml has them. */
const NAME = 'redis-example-app';
export const MEMORY = 256; // MB

const ID = randomUUID();
const VERSION = randomUUID();

/** The GUID of the `web` process. On the platform, too, it equals that of the app. */
export const PROCESS_GUID = ID;

const APPLICATION = {
  application_id: ID,
  application_name: NAME,
  application_version: VERSION,
  cf_api: 'https://api.example.com',
  limits: { mem: MEMORY, disk: 1024, fds: 16384 },
  name: NAME,
  organization_id: randomUUID(),
  organization_name: 'foundry',
  process_id: PROCESS_GUID,
  process_type: 'web',
  space_id: randomUUID(),
  space_name: 'desk',
  users: null,
  version: VERSION,
};

/** Follows from `cf create-service redis-sb shared-vm redis-service-instance` and `cf bind-service`. */
const REDIS_SERVICE = {
  label: 'redis-sb',
  provider: null,
  plan: 'shared-vm',
  name: 'redis-service-instance',
  tags: [],
  instance_guid: randomUUID(),
  instance_name: 'redis-service-instance',
  binding_guid: randomUUID(),
  binding_name: null,
  syslog_drain_url: null,
  volume_mounts: [],
};

/** The variables of an instance of the app, with a Redis bound to it and the app's own settings. */
export function instanceEnvironment(
  instance: Instance,
  credentials: object,
  settings: Record<string, string> = {},
) {
  const { index, port, home, temporaryDirectory, guid = randomUUID() } = instance;
  return {
    ...settings,
    CF_INSTANCE_ADDR: `127.0.0.1:${port}`,
    CF_INSTANCE_GUID: guid,
    CF_INSTANCE_INDEX: String(index),
    CF_INSTANCE_INTERNAL_IP: '127.0.0.1',
    CF_INSTANCE_IP: '127.0.0.1',
    CF_INSTANCE_PORT: String(port),
    CF_INSTANCE_PORTS: JSON.stringify([{ external: port, internal: port }]),
    HOME: home,
    LANG: 'en_US.UTF-8',
    // The platform has a network for each instance; on a desk, only the router may reach it
    LISTEN_ADDRESS: '127.0.0.1',
    MEMORY_LIMIT: `${MEMORY}M`,
    NODE_ENV: 'production',
    // Node itself, where the buildpack puts it; then the platform's own.
    PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
    PORT: String(port),
    TMPDIR: temporaryDirectory,
    VCAP_APPLICATION: JSON.stringify(describeApplication(instance, guid)),
    VCAP_SERVICES: JSON.stringify({ 'redis-sb': [{ ...REDIS_SERVICE, credentials }] }),
  };
}

/** Cloud Native Buildpacks leave out the last four fields: only the classic lifecycle has them. */
function describeApplication({ index, port, address }: Instance, guid: string) {
  const uris = [address ?? `127.0.0.1:${port}`];
  return {
    ...APPLICATION,
    application_uris: uris,
    uris,
    host: '0.0.0.0',
    instance_id: guid,
    instance_index: index,
    port,
  };
}
