/** Real-world bindings, one document per broker, and what is read from each. */
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readBinding } from '../../src/cloudfoundry/binding.ts';
import { readBindingRoot } from '../../src/cloudfoundry/binding-root.ts';
import { type Connection, nodesOf } from '../../src/connection.ts';

const FIXTURES = join(__dirname, '../fixtures/bindings');

interface Expected {
  mode: string;
  host?: string;
  port?: number;
  reader?: string;
  master?: string;
  sentinels?: number;
  sentinelPort?: number;
  sentinelPortField?: string;
  sentinelPassword?: true | string;
  sentinelUsername?: true;
  tls?: boolean;
  ca?: string;
  clientCert?: true;
  auth?: string;
  db?: number;
}

const expected: Record<string, Expected> = JSON.parse(read('expected.json'));
const connections = Object.entries(expected).filter(([, { mode }]) =>
  ['standalone', 'sentinel', 'cluster', 'primary+reader'].includes(mode),
);

/** Where the password is not the usual made-up one. */
const PASSWORDS: Record<string, string> = {
  'azure-meta-broker-rediscache': 'made+up/primary=',
  'azure-service-connector': 'made+up/primary=',
  'csb-aws-redis': 'Made-Up&Secret#With$Special<Chars>!',
  'csb-azure-redis': 'made+up/secret=',
  'paas-ta-redis-sb': 'c239b721-made-up-8816',
  'upbound-azure-rediscache': 'made+up/primary=',
  'user-provided-uri-rediss-acl': 'p@ss/word',
};

describe('a binding of', () => {
  it.each(connections)('%s gives the expected connection', (name, fixture) => {
    const { connection, problem } = readBinding(bindingOf(name));

    expect(problem).toBeNull();
    expect(summarize(connection!)).toEqual({
      mode: fixture.mode,
      host: fixture.host ?? summarize(connection!).host,
      port: fixture.port ?? summarize(connection!).port,
      reader: fixture.reader,
      master: fixture.master,
      sentinels: fixture.sentinels,
      tls: fixture.tls,
      username: fixture.auth === 'username+password',
      password: fixture.auth === 'none' ? null : (PASSWORDS[name] ?? 'made-up-s3cret'),
      db: fixture.db ?? 0,
      clientCert: fixture.clientCert ?? false,
    });
  });

  it.each(connections)('%s gives no false alarm', (name) => {
    expect(readBinding(bindingOf(name)).warnings).toEqual([]);
  });
});

describe('a binding with Sentinel', () => {
  const sentinels = connections.filter(([, { mode }]) => mode === 'sentinel');

  it.each(sentinels)('of %s knows ports and login of its sentinels', (name, fixture) => {
    const { connection } = readBinding(bindingOf(name));
    if (connection?.kind !== 'sentinel') throw new Error('not a Sentinel');
    const { username, password } = connection.sentinelLogin;
    const ports = connection.sentinels.map(({ port }) => port);

    if (fixture.sentinelPort) expect(new Set(ports)).toEqual(new Set([fixture.sentinelPort]));
    if (fixture.sentinelPortField === 'tls_port') expect(new Set(ports)).toEqual(new Set([36379]));
    if (fixture.sentinelPassword === true) expect(password).toBe('made-up-sentinel-s3cret');
    if (fixture.sentinelPassword === 'same as password') expect(password).toBe('made-up-s3cret');
    expect(username).toBe(fixture.sentinelUsername ? 'a9s-made-up-sentinel-user' : null);
  });
});

describe('a binding with a reader endpoint', () => {
  it('of Google has another port there', () => {
    const { connection } = readBinding(bindingOf('terraform-google-memorystore'));

    expect(connection).toMatchObject({ primary: { port: 6378 }, reader: { port: 6379 } });
  });
});

describe('a binding that brings its own CA', () => {
  const withCa = connections.filter(([, { ca }]) => ca && !/public|platform/.test(ca));

  it.each(withCa)('of %s: the CA is read as PEM', (name) => {
    const { connection } = readBinding(bindingOf(name));

    expect(connection?.tls?.ca).toEqual([expect.stringMatching(/^-----BEGIN CERTIFICATE-----\n/)]);
  });

  it('and a client certificate of Orange: both are read, with the key', () => {
    const { connection } = readBinding(bindingOf('orange-redis-sentinel-mtls'));

    expect(connection?.tls?.clientCertificate).toContain('BEGIN CERTIFICATE');
    expect(connection?.tls?.clientKey).toContain('BEGIN PRIVATE KEY');
  });
});

describe('among several services', () => {
  it('finds the Redis, and no mail server with host, port and password', () => {
    const { service, warnings } = readBinding(bindingOf('trap-mixed-services'));

    expect(service).toEqual({ name: 'redis-test', label: 'redis-cache', plan: 'standard' });
    expect(warnings).toEqual([]);
  });

  it('finds nothing when there is no Redis', () => {
    expect(readBinding(bindingOf('trap-no-redis-bound'))).toEqual({
      service: null,
      connection: null,
      problem: expect.stringMatching(
        /^You must bind a Redis .*: "pg" \(elephantsql\)\. A Redis has/,
      ),
      warnings: [],
    });
  });

  it('takes the first of two and names them both', () => {
    const { service, warnings } = readBinding(bindingOf('trap-two-redis-services'));

    expect(service?.name).toBe('redis');
    expect(warnings).toEqual([
      expect.stringMatching(/"redis".*"another-redis".*REDIS_SERVICE_NAME/),
    ]);
  });

  it('takes the surest of several, not the first', () => {
    const credentials = { host: 'h', port: 6379, password: 'p' };
    const VCAP_SERVICES = JSON.stringify({
      'user-provided': [{ label: 'user-provided', name: 'old-redis', credentials }],
      store: [{ label: 'store', name: 'with a URI', credentials: { uri: 'redis://h' } }],
      'redis-sb': [{ label: 'redis-sb', name: 'labelled', credentials }],
      cache: [{ label: 'cache', name: 'tagged', tags: ['redis'], credentials }],
    });
    const { service, warnings } = readBinding({ VCAP_SERVICES });

    expect(service?.name).toBe('tagged');
    expect(warnings).toEqual([
      expect.stringContaining('not "labelled", "with a URI", "old-redis"'),
    ]);
  });

  it.each(['REDIS_SERVICE_NAME', 'service_name'])('takes the one that %s names', (variable) => {
    const env = { ...bindingOf('trap-two-redis-services'), [variable]: 'another-redis' };
    const { service, connection, warnings } = readBinding(env);

    expect(service?.name).toBe('another-redis');
    expect(nodesOf(connection!)).toEqual([{ host: 'another-host', port: 45470 }]);
    expect(warnings).toEqual([]);
  });

  it('takes the one that REDIS_SERVICE_NAME names, where service_name names another', () => {
    const names = { service_name: 'redis', REDIS_SERVICE_NAME: 'another-redis' };

    expect(readBinding({ ...bindingOf('trap-two-redis-services'), ...names }).service?.name).toBe(
      'another-redis',
    );
  });

  it('takes the one that service_name names, where REDIS_SERVICE_NAME is empty', () => {
    const names = { service_name: 'another-redis', REDIS_SERVICE_NAME: '' };

    expect(readBinding({ ...bindingOf('trap-two-redis-services'), ...names }).service?.name).toBe(
      'another-redis',
    );
  });

  it('takes one with a URI before one with no more than a name', () => {
    const services = [
      { name: 'old-redis', credentials: { host: 'h' } },
      { name: 'cache', credentials: { uri: 'redis://h' } },
    ];
    const VCAP_SERVICES = JSON.stringify({ 'user-provided': services });

    expect(readBinding({ VCAP_SERVICES }).service?.name).toBe('cache');
  });

  it('takes the one of an earlier source, though it cannot be used', () => {
    const VCAP_SERVICES = JSON.stringify({ redis: [{ name: 'r', credentials: {} }] });
    const binding = readBinding({ VCAP_SERVICES, REDIS_URL: 'redis://h' });

    expect(binding).toMatchObject({ service: { name: 'r' }, connection: null });
  });

  it('takes the one that a /pattern/ in REDIS_SERVICE_NAME matches', () => {
    const env = { ...bindingOf('trap-two-redis-services'), REDIS_SERVICE_NAME: '/^ANOTHER/i' };

    expect(readBinding(env).service?.name).toBe('another-redis');
  });

  it('names what is bound when REDIS_SERVICE_NAME names nothing', () => {
    const env = { ...bindingOf('trap-two-redis-services'), REDIS_SERVICE_NAME: 'redsi' };

    expect(readBinding(env)).toMatchObject({
      service: null,
      problem: expect.stringMatching(/"redsi".*"redis", "another-redis"/),
    });
  });

  it('reads a CredHub broker only when it is asked for by name', () => {
    const env = bindingOf('credhub-broker-dotted-keys');

    expect(readBinding(env).service).toBeNull();
    expect(readBinding({ ...env, REDIS_SERVICE_NAME: 'redis-creds' }).connection).toMatchObject({
      kind: 'standalone',
      node: { host: 'redis-16917.internal.example.com', port: 16917 },
      login: { username: null, password: 'made-up-s3cret' },
      tls: null,
    });
  });
});

describe('a reference to CredHub that nobody resolved', () => {
  it('is named as what it is', () => {
    const { service, connection, problem } = readBinding(bindingOf('credhub-ref-not-interpolated'));

    expect(service?.name).toBe('redis-sessions');
    expect(connection).toBeNull();
    expect(problem).toMatch(/"redis-sessions".*reference to CredHub/);
  });
});

describe('VCAP_SERVICES_FILE_PATH', () => {
  it('goes before VCAP_SERVICES', () => {
    const env = {
      VCAP_SERVICES_FILE_PATH: join(FIXTURES, 'rediscloud.json'),
      ...bindingOf('p-redis-shared-vm'),
    };

    expect(readBinding(env).service?.label).toBe('rediscloud');
  });
});

describe('SERVICE_BINDING_ROOT', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'bindings-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  it('is read as Cloud Foundry writes it', () => {
    writeFiles('files/service-binding-k8s.files.json');
    const fromFiles = readBinding({ SERVICE_BINDING_ROOT: root });
    const fromVariable = readBinding(bindingOf('tanzu-valkey-sentinel-tls'));

    expect(fromFiles).toEqual(fromVariable);
  });

  it('is read as any operator of servicebinding.io writes it', () => {
    writeFiles('files/servicebinding-io-generic.files.json');

    expect(readBinding({ SERVICE_BINDING_ROOT: root })).toMatchObject({
      service: { name: 'redis', label: 'redis', plan: null },
      connection: {
        kind: 'standalone',
        node: { host: '10.0.111.168', port: 6379 },
        login: { username: null, password: 'made-up-s3cret' },
        database: 0,
        tls: { ca: [] },
      },
    });
  });

  it('gives way to VCAP_SERVICES, as Korifi sets both', () => {
    writeFiles('files/servicebinding-io-generic.files.json');
    const env = { SERVICE_BINDING_ROOT: root, ...bindingOf('minibroker-redis') };

    expect(readBinding(env).service?.name).toBe('my-redis');
  });

  it('goes before REDIS_URL', () => {
    writeFiles('files/servicebinding-io-generic.files.json');
    const env = { SERVICE_BINDING_ROOT: root, REDIS_URL: 'redis://h' };

    expect(readBinding(env).service?.name).toBe('redis');
  });

  it('is read as Kubernetes mounts it: files of its own and links that lead nowhere aside', () => {
    mkdirSync(join(root, '..data'));
    mkdirSync(join(root, 'cache', 'nested'), { recursive: true });
    symlinkSync('/nowhere', join(root, 'cache', 'broken'));
    symlinkSync('/nowhere', join(root, 'gone'));
    const files = {
      type: 'redis',
      tags: 'fast,small',
      'binding-name': 'b',
      host: 'h',
      port: '1\r\n',
    };
    for (const [name, text] of Object.entries(files))
      writeFileSync(join(root, 'cache', name), text);
    writeFileSync(join(root, 'cache', '..host'), 'hidden');

    const [service, ...others] = readBindingRoot(root);
    expect(others).toEqual([]);
    expect(service).toMatchObject({
      name: 'cache',
      label: 'redis',
      tags: ['fast', 'small'],
      bindingName: 'b',
      credentials: { host: 'h', port: '1' },
    });
    expect(Object.keys(service!.credentials)).toEqual(['host', 'port']);
  });

  it('takes for credentials what is no property of the binding, in either way of writing', () => {
    const properties = {
      binding_guid: 'bg',
      'binding-name': 'b',
      'instance-guid': 'ig',
      instance_name: 'i',
      label: 'l',
      name: 'n',
      plan: 'p',
      provider: 'o',
      'syslog-drain-url': 's',
      tags: '["redis"]',
      type: 't',
      volume_mounts: '[]',
    };
    mkdirSync(join(root, 'cache'));
    const files = { ...properties, host: 'h', ca: 'one\ntwo\n' };
    for (const [name, text] of Object.entries(files))
      writeFileSync(join(root, 'cache', name), text);

    expect(readBindingRoot(root)).toEqual([
      {
        name: 'n',
        label: 'l',
        plan: 'p',
        tags: ['redis'],
        instanceName: 'i',
        bindingName: 'b',
        credentials: { host: 'h', ca: 'one\ntwo' },
      },
    ]);
  });

  it('has services in the order of their names, and no tags where there are none', () => {
    for (const name of ['b', 'a', 'c']) mkdirSync(join(root, name));
    writeFileSync(join(root, 'README'), 'no service');

    const services = readBindingRoot(root);
    expect(services.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(services[0]).toMatchObject({ label: '', tags: [''], credentials: {} });
  });

  function writeFiles(fixture: string) {
    const { files } = JSON.parse(read(fixture)) as { files: Record<string, string> };
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), content);
    }
  }
});

it('has a fixture for each expected result', () => {
  const fixtures = readdirSync(FIXTURES).filter((name) => /^(?!expected).*\.json$/.test(name));

  expect(fixtures.sort()).toEqual(
    Object.keys(expected)
      .map((name) => `${name}.json`)
      .sort(),
  );
});

function read(name: string): string {
  return readFileSync(join(FIXTURES, name), 'utf8');
}

function bindingOf(name: string) {
  return { VCAP_SERVICES: read(`${name}.json`) };
}

function summarize(connection: Connection) {
  const [node] = nodesOf(connection);
  return {
    mode: connection.kind === 'replicated' ? 'primary+reader' : connection.kind,
    host: node?.host,
    port: node?.port,
    reader: connection.kind === 'replicated' ? connection.reader.host : undefined,
    master: connection.kind === 'sentinel' ? connection.masterName : undefined,
    sentinels: connection.kind === 'sentinel' ? connection.sentinels.length : undefined,
    tls: connection.tls !== null,
    username: connection.login.username !== null,
    password: connection.login.password,
    db: connection.database,
    clientCert: Boolean(connection.tls?.clientCertificate && connection.tls.clientKey),
  };
}
