/** Shapes of credentials that are known from the field but have no document of their own. */
import { readCredentials } from '../../src/cloudfoundry/credentials.ts';
import { BindingProblem, messageOf } from '../../src/cloudfoundry/fields.ts';
import { type Connection, formatAddress, nodesOf } from '../../src/connection.ts';

const PEM = '-----BEGIN CERTIFICATE-----\nMADEUP\n-----END CERTIFICATE-----\n';
const KEY = '-----BEGIN PRIVATE KEY-----\nMADEUP\n-----END PRIVATE KEY-----\n';
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('standalone credentials', () => {
  it.each<[string, object, string]>([
    [
      'Redis Cloud with user and TLS port, all strings',
      { host: 'h', tls_port: '16379', username: 'u', password: 'p' },
      'u:p@h:16379 tls',
    ],
    [
      'Redis Enterprise, which lists sentinels beside its proxy',
      {
        host: 'h',
        port: 14000,
        password: 'p',
        ip_list: ['1.2.3.4'],
        name: 'redis-14000.h',
        sentinel_addrs: ['1.2.3.4:8001'],
        sentinel_port: 8001,
      },
      ':p@h:14000',
    ],
    [
      'Google Memorystore',
      { host: '10.0.0.3', port: 6379, uri: 'redis://10.0.0.3:6379' },
      ':@10.0.0.3:6379',
    ],
    [
      'StackIt, with an empty user name',
      { host: 'h', port: 6379, username: '', password: 'p', uri: 'redis://:p@h:6379' },
      ':p@h:6379',
    ],
    [
      'Swisscom with the ports of its replicas',
      { host: 'h', port: 31000, slave_ports: [31001, 31002], password: 'p' },
      ':p@h:31000',
    ],
    [
      'SAP, all values strings',
      { hostname: 'h', port: '6380', tls: 'true', cluster_mode: 'false', password: 'p' },
      ':p@h:6380 tls',
    ],
    [
      'SAP, where "false" is no TLS',
      { hostname: 'h', port: '6380', tls: 'false', cluster_mode: 'false', password: 'p' },
      ':p@h:6380',
    ],
    [
      'SAP with the TLS object as JSON text',
      {
        hostname: 'h',
        port: 1,
        tls: JSON.stringify({ ca: PEM, host: 'h', port: 6378 }),
        password: 'p',
      },
      ':p@h:6378 tls ca',
    ],
    [
      'SAP CCEE, whose only sign of TLS is a CA',
      { hostname: 'h', port: 6379, password: 'p', ca_base64: base64(PEM) },
      ':p@h:6379 tls ca',
    ],
    [
      'IBM Compose',
      { uri: 'rediss://admin:p@h:17111', ca_certificate_base64: base64(PEM) },
      'admin:p@h:17111 tls ca',
    ],
    [
      'K-PaaS on demand',
      { host: '10.0.0.4', port: 6379, password: 'K-PaaS#2021!', app_guid: 'x' },
      ':K-PaaS#2021!@10.0.0.4:6379',
    ],
    [
      'GOV.UK PaaS',
      {
        host: 'h',
        port: 6379,
        name: 'cf-abc',
        password: 'p',
        uri: 'rediss://x:p@h:6379',
        tls_enabled: true,
      },
      'x:p@h:6379 tls',
    ],
    [
      'Open Service Broker for Azure',
      { host: 'h', port: 6380, password: 'a+b/c=', uri: 'rediss://:a%2Bb%2Fc%3D@h:6380' },
      ':a+b/c=@h:6380 tls',
    ],
    [
      'evoila with several hosts in its URI',
      { uri: 'redis://secret@h1:6379,h2:6379' },
      ':secret@h1:6379',
    ],
    [
      'evoila with a list of hosts',
      {
        hosts: [
          { hostname: 'h1', port: 6379 },
          { hostname: 'h2', port: 6379 },
        ],
        password: 'p',
      },
      ':p@h1:6379',
    ],
    [
      'anynines Key Value',
      { host: 'h', valkey: { username: 'u', password: 'p', port: 6379 } },
      'u:p@h:6379',
    ],
    ['a number as password', { host: 'h', port: 6379, password: 12345 }, ':12345@h:6379'],
    [
      'a password that looks like JSON',
      { host: 'h', port: 6379, password: '{not json' },
      ':{not json@h:6379',
    ],
    [
      'a password that is JSON',
      { host: 'h', port: 6379, password: '{"a":[1]}' },
      ':{"a":[1]}@h:6379',
    ],
    ['another text that looks like JSON', { host: 'h', note: '[not json' }, ':@h:6379'],
    ['valkey:// without TLS', { uri: 'valkey://u:p@h:1' }, 'u:p@h:1'],
    ['a URI with its scheme in capitals', { uri: 'REDISS://:p@h:1' }, ':p@h:1 tls'],
    [
      'a URI with an unescaped password',
      { uri: 'redis://u:p@s/s#w%rd@h:6379/3' },
      'u:p@s/s#w%rd@h:6379/3',
    ],
    ['a URI with an IPv6 host', { uri: 'redis://:p@[fd00::1]:6380' }, ':p@[fd00::1]:6380'],
    ['a URI with an @ in its query', { uri: 'redis://u:p@h:7000/0?client=a@b' }, 'u:p@h:7000'],
    ['a URI with an @ in its fragment', { uri: 'redis://u:p@h:7000#a@b' }, 'u:p@h:7000'],
    ['a URI under any name', { REDIS_URL: 'rediss://:p@h:7000' }, ':p@h:7000 tls'],
    ['a URI beside that of a console', { uri: 'https://c/', redis_url: 'redis://h' }, ':@h:6379'],
    ['a URI where a host is expected', { hosts: ['redis://PW@h:7000'] }, ':@h:7000'],
    ['other names with dots', { host: 'h', 'host.name': 'x', 'app.crt': 'y' }, ':@h:6379'],
    ['a URI without a port', { uri: 'rediss://h' }, ':@h:6379 tls'],
    ['a URI beside a TLS port', { uri: 'redis://:p@h:6379', tls_port: 6380 }, ':p@h:6380 tls'],
    ['a TLS port beside another in its URI', { uri: 'rediss://h:1', tls_port: 2 }, ':@h:2 tls'],
    ['a URI that ends in a slash', { uri: 'redis://h:1/' }, ':@h:1'],
    ['a user with an escaped character', { uri: 'redis://a%40b:p@h:1' }, 'a@b:p@h:1'],
    ['an escaped password without a user', { uri: 'redis://p%40q@h:1' }, ':p@q@h:1'],
    ['a database by itself', { host: 'h', port: 6379, database: '5' }, ':@h:6379/5'],
    ['a database of two digits', { uri: 'redis://h:1/12' }, ':@h:1/12'],
    ['a database beside another in its URI', { uri: 'redis://h:1/3', db: 5 }, ':@h:1/5'],
    ['a user beside another in its URI', { uri: 'redis://a:p@h:1', username: 'b' }, 'b:p@h:1'],
    [
      'a user that the URI calls by the name of the cache',
      { name: 'cache', uri: 'redis://cache:p@h:1' },
      ':p@h:1',
    ],
    ['a port beside another in its URI', { uri: 'redis://h:1', port: 2 }, ':@h:2'],
    ['a port beside a URI with TLS', { uri: 'rediss://h:1', port: 2 }, ':@h:1 tls'],
    [
      'a host and a port beside a URI with TLS of another host',
      { host: 'h', port: 1, uri: 'rediss://x:2' },
      ':@h:1 tls',
    ],
    ['a host beside a list of them', { hosts: ['b:2'], host: 'a:1' }, ':@a:1'],
    ['lists that are empty', { host: 'h', ca: [], cluster_nodes: [] }, ':@h:6379'],
    ['a database that is a name', { host: 'h', database: 'db 1' }, ':@h:6379'],
    ['hosts between commas and spaces', { hosts: ' a, b ' }, ':@a:6379'],
    ['an IPv6 host by itself', { host: 'fd00::1' }, ':@[fd00::1]:6379'],
    ['tls_enabled as text', { host: 'h', tls_enabled: 'false', tls_port: 2, port: 1 }, ':@h:1'],
    ['Azure', { name: 'n', hostname: 'h', sslPort: 2, primaryKey: 'k' }, ':k@h:2 tls'],
    ['fields that hold nothing', { host: 'h', port: ' ', tls: '', password: null }, ':@h:6379'],
    ['a host beside a URI with the port', { host: 'h', uri: 'redis://u:p@x:7000' }, 'u:p@h:7000'],
    [
      'a host with another name for its user',
      { host: 'h', user: 'u', password: 'p' },
      'u:p@h:6379',
    ],
    ['the highest port', { host: 'h', port: 65535 }, ':@h:65535'],
    ['the highest port of a URI', { uri: 'redis://h:65535' }, ':@h:65535'],
    ['two names for its host, of which the first counts', { hostname: 'b', host: 'a' }, ':@a:6379'],
    ['hosts by their address', { hosts: [{ ip: 'a' }, { address: 'b' }] }, ':@a:6379'],
    ['the address of a host', { hosts: [{ address: 'b', port: 1 }] }, ':@b:1'],
    ['a host beside its address', { hosts: [{ address: 'b', host: 'a' }] }, ':@a:6379'],
    ['two names for a listed host', { hosts: [{ hostname: 'b', host: 'a' }] }, ':@a:6379'],
    [
      'a listed host with fields that hold nothing',
      { hosts: [{ hostname: '', address: 'a', port: null }] },
      ':@a:6379',
    ],
    [
      'a listed host with a TLS port of its own',
      { hosts: [{ host: 'h', port: 1, tls_port: 3 }], tls_port: 2 },
      ':@h:3 tls',
    ],
    [
      'Azure with one endpoint for all nodes',
      { host: 'h', port: 1, clustering_policy: 'EnterpriseCluster' },
      ':@h:1',
    ],
    ['a switch that says no to Sentinel', { host: 'h', port: 1, sentinel: false }, ':@h:1'],
    ['a switch that is called like a password', { host: 'h', auth: 'True' }, ':@h:6379'],
    ['such a switch that says no', { host: 'h', auth: false }, ':@h:6379'],
    [
      'what IBM writes without TLS',
      { connection: { redis: { composed: ['redis://h:1'] } } },
      ':@h:1',
    ],
    ['the name of a Sentinel primary alone', { host: 'h', port: 1, master_name: 'm' }, ':@h:1'],
    ['a host that is named like a cluster', { host: 'clustercfgs', port: 1 }, ':@clustercfgs:1'],
    [
      'nodes of a Cluster, and a switch that says no',
      { host: 'h', cluster_nodes: ['a:1'], cluster_mode: false },
      ':@h:6379',
    ],
    ['a failover without the name of a primary', { host: 'h', failover: true }, ':@h:6379'],
    ['a TLS port alone, without TLS', { host: 'h', tls: false, tls_port: 7 }, ':@h:7'],
    ['a plain port of 0', { host: 'h', port: 0, tls_port: 6380 }, ':@h:6380 tls'],
    [
      'Spring Boot with dotted keys',
      { 'spring.redis.host': 'h', 'spring.redis.port': '1', 'spring.redis.ssl': 'true' },
      ':@h:1 tls',
    ],
  ])('of %s', (_name, credentials, expected) => {
    const connection = readCredentials({ ...credentials });

    expect(connection.kind).toBe('standalone');
    expect(summarize(connection)).toBe(expected);
  });

  it.each([
    'uri',
    'url',
    'redisUrl',
    'redis_url',
    'composed',
    'connectionString',
    'connectionstring',
    'dsn',
    'external',
    'internal',
    'private',
    'public',
    'secure',
    'strings',
  ])('of a URI called %s before any other', (name) => {
    const credentials = {
      replica: 'redis://other',
      [name]: 'redis://h:1',
      zone: 'redis://other',
    };

    expect(summarize(readCredentials(credentials))).toBe(':@h:1');
  });

  it.each(['tls_port', 'sslPort', 'ssl_port'])('of a TLS port called %s', (name) => {
    expect(summarize(readCredentials({ host: 'h', port: 1, [name]: 2 }))).toBe(':@h:2 tls');
  });

  it.each(['tls', 'tls_enabled', 'ssl', 'ssl_enabled'])('of a switch called %s', (name) => {
    const ports = { host: 'h', port: 1, tls_port: 2 };

    expect(summarize(readCredentials({ ...ports, [name]: 'Yes' }))).toBe(':@h:2 tls');
    expect(summarize(readCredentials({ ...ports, [name]: 'OFF' }))).toBe(':@h:1');
  });

  it('of a password with a colon in its URI', () => {
    const { login } = readCredentials({ uri: 'redis://u:p:q@h:1' });

    expect(login).toEqual({ username: 'u', password: 'p:q' });
  });

  it('of a URI with an empty login', () => {
    const { login } = readCredentials({ uri: 'redis://:@h:1' });

    expect(login).toEqual({ username: null, password: null });
  });

  it.each(['1st', 'db1', 'one', '123456'])('of a database that is no index: %s', (database) => {
    expect(readCredentials({ host: 'h', database }).database).toBe(0);
  });

  it.each(['database', 'db'])('of a database called %s', (name) => {
    expect(readCredentials({ host: 'h', [name]: 7 }).database).toBe(7);
  });

  it.each([
    'ca',
    'ca_base64',
    'ca_certificate',
    'ca_certificate_base64',
    'certificate_base64',
    'tls_ca',
    'server_ca',
    'sslrootcert',
  ])('of an authority called %s', (name) => {
    expect(readCredentials({ host: 'h', [name]: PEM }).tls?.ca).toEqual([PEM]);
  });

  it.each([
    ['tls_certificate', 'tls_private_key'],
    ['client_certificate', 'client_private_key'],
    ['client_cert', 'client_key'],
    ['cert', 'key'],
  ])('of a certificate called %s, and its key', (certificate, key) => {
    const { tls } = readCredentials({ host: 'h', tls: true, [certificate]: PEM, [key]: KEY });

    expect(tls).toEqual({ ca: [], clientCertificate: PEM, clientKey: KEY });
  });

  it.each<[string, object]>([
    ['cluster', { nodes: 'a:1' }],
    ['cluster_nodes', ['a:1', 'b:1']],
    ['connection', { rediss: { composed: ['rediss://h'] } }],
    ['redis', { host: 'h', port: 1 }],
    ['sentinel', { nodes: ['a:1'], master_name: 'm' }],
    ['sentinel_nodes', [{ hostname: 'a' }]],
    ['sentinels', [{ host: 'a' }]],
    ['ssl', { enabled: true }],
    ['tls', { ca: PEM }],
    ['valkey', { host: 'h', port: 1 }],
  ])('of %s as JSON text, as a file holds it', (name, value) => {
    const fromText = readCredentials({ host: 'x', [name]: JSON.stringify(value) });

    expect(fromText).toEqual(readCredentials({ host: 'x', [name]: value }));
    expect(fromText).not.toEqual(readCredentials({ host: 'x' }));
  });

  it('of hosts as JSON text, as a file holds it', () => {
    expect(summarize(readCredentials({ hosts: '[{"host":"a","port":1}]' }))).toBe(':@a:1');
  });

  it('with certificate and key for the client', () => {
    const tls = { sslrootcert: PEM, sslcert: PEM, sslkey: KEY };
    const connection = readCredentials({ host: 'h', port: 6379, tls });

    expect(connection.tls).toEqual({ ca: [PEM], clientCertificate: PEM, clientKey: KEY });
  });

  it('with \\n written out in a CA, as shells leave it', () => {
    const { tls } = readCredentials({ host: 'h', ca: PEM.replaceAll('\n', '\\n') });

    expect(tls?.ca).toEqual([PEM]);
  });

  it('takes the certificate of the server into its trust when there is no key', () => {
    const connection = readCredentials({ host: 'h', tls: { sslrootcert: PEM, sslcert: PEM } });

    expect(connection.tls).toEqual({ ca: [PEM, PEM], clientCertificate: null, clientKey: null });
  });
});

describe('field names', () => {
  it.each(['primaryKey', 'PRIMARY_KEY', 'primary-key', 'primarykey', 'attribute.primary_key'])(
    'are the same in any case, with any mark between words: %s',
    (name) => {
      expect(summarize(readCredentials({ host: 'h', [name]: 'p' }))).toBe(':p@h:6379');
    },
  );

  it.each<[string, object, string]>([
    ['a prefix of the service', { VALKEY_HOST: 'h', VALKEY_PORT: '1', VALKEY_USER: 'u' }, 'u:@h:1'],
    ['a prefix without a mark', { REDISHOST: 'h', REDISPORT: '1', REDISPASSWORD: 'p' }, ':p@h:1'],
    [
      'a prefix of several words',
      { SPRING_DATA_REDIS_HOST: 'h', SPRING_DATA_REDIS_DB: 1 },
      ':@h:6379/1',
    ],
    [
      'a prefix for a port, and none for that of the app',
      { PORT: 8080, REDIS_HOST: 'h', REDIS_PORT: 1 },
      ':@h:1',
    ],
    [
      'a part for TLS and a part without',
      { redis: { composed: ['redis://a:1'] }, rediss: { composed: ['rediss://b:2'] } },
      ':@b:2 tls',
    ],
    ['any one prefix', { CACHE_HOST: 'h', CACHE_PASSWORD: 'p' }, ':p@h:6379'],
    ['any one prefix of an address', { CACHE_ADDRESS: 'h', CACHE_PASSWORD: 'p' }, ':p@h:6379'],
    ['any one prefix of a list', { CACHE_HOSTS: 'h,i', CACHE_PASSWORD: 'p' }, ':p@h:6379'],
    [
      'any one prefix beside the page of a console',
      { url: 'https://console.example', CACHE_HOST: 'h', CACHE_PASSWORD: 'p' },
      ':p@h:6379',
    ],
    ['two prefixes for one server', { CACHE_HOST: 'h', STORE_HOST: 'h' }, ':@h:6379'],
    [
      'a longer prefix for some of them',
      { CACHE_MAIN_HOST: 'h', CACHE_PASSWORD: 'p' },
      ':p@h:6379',
    ],
    ['a prefix in capitals alone', { CACHEHost: 'h', CACHEPassword: 'p' }, ':p@h:6379'],
    ['the name of Valkey without a mark', { VALKEYHOST: 'h', VALKEYPORT: '1' }, ':@h:1'],
    [
      'a part of Valkey for TLS and a part without',
      { valkey: { composed: ['valkey://a:1'] }, valkeys: { composed: ['valkeys://b:2'] } },
      ':@b:2 tls',
    ],
    [
      'the name of a connection string, and of another server',
      { CACHE: 'redis://h:1', SMTP_HOST: 'x', SMTP_PASSWORD: 'y' },
      ':@h:1',
    ],
    [
      'a prefix for some of them',
      { REDIS_HOST: 'h', password: 'p', 'tls.enabled': true },
      ':p@h:6379 tls',
    ],
    [
      'the prefix of Redis and another',
      { SMTP_HOST: 'x', REDIS_HOST: 'h', SMTP_PASSWORD: 'y' },
      ':@h:6379',
    ],
    ['none, and another', { host: 'h', SMTP_HOST: 'x', SMTP_PASSWORD: 'y' }, ':@h:6379'],
    [
      'the same with and without a prefix',
      { REDIS_HOST: 'h', HOST: 'h', REDIS_PORT: 1, PORT: 1 },
      ':@h:1',
    ],
    ['a part with a prefix of its own', { REDIS_HOST: 'h', REDIS_EXPORTER_HOST: 'x' }, ':@h:6379'],
    [
      'an object of them',
      { endpoint: { address: 'h', port: 1 }, credentials: { password: 'p' } },
      ':p@h:1',
    ],
    ['the answer of the AWS API', { PrimaryEndpoint: { Address: 'h', Port: 1 } }, ':@h:1'],
    ['a list of one object', { redis: [{ host: 'h', port: 1, scheme: 'redis' }] }, ':@h:1'],
    ['a list of users', { host: 'h', users: [{ username: 'u', password: 'p' }] }, 'u:p@h:6379'],
    ['an address beside a URI', { uri: 'redis://h:1', address: 'Main Street 1' }, ':@h:1'],
    ['a host that is called a URI', { uri: 'h:1', password: 'p' }, ':p@h:1'],
    ['a host without a port that is called a URL', { url: 'h.example' }, ':@h.example:6379'],
    ['JSON as text', { config: '{"host":"h","password":"p"}' }, ':p@h:6379'],
    ['JSON as text that begins with a line end', { config: '\n{"host":"h"}' }, ':@h:6379'],
    ['an ending of the instance', { HOST_A: 'h', PORT_A: '1', PASSWORD_A: 'p' }, ':p@h:1'],
    ['an ending of two words', { HOST_MY_APP: 'h', PORT_MY_APP: '1' }, ':@h:1'],
    ['the services of an operator', { service_names: 'h,h-headless', port: 1 }, ':@h:1'],
    ['a service name beside a URI', { service_name: 'my-redis', uri: 'redis://h:1' }, ':@h:1'],
    ['the page of a console', { endpoint: 'https://console', uri: 'redis://h:1' }, ':@h:1'],
    ['a host with its port', { endpoint: 'h:1', password: 'p' }, ':p@h:1'],
    ['a host with its port, and one for TLS', { endpoint: 'h:1', ssl_port: 2 }, ':@h:2 tls'],
    [
      'a port that is not for TLS',
      { host: 'h', non_ssl_port: 1, ssl_port: 2, ssl: false },
      ':@h:1',
    ],
  ])('may have %s', (_name, credentials, expected) => {
    expect(summarize(readCredentials({ ...credentials }))).toBe(expected);
  });

  it.each(
    (
      'access at attribute attributes auth authentication binding certificate certificates config ' +
      'connection credentials data details info login master params parameters primary properties ' +
      'quarkus security server spring ssl status tls user users'
    ).split(' '),
  )('may begin with "%s", which does not say whose they are', (word) => {
    expect(readCredentials({ host: 'h', [`${word}_db`]: 7 }).database).toBe(7);
  });

  it.each<[string, object, RegExp]>([
    [
      'prefixes',
      { CACHE_HOST: 'a', QUEUE_HOST: 'b' },
      /"CACHE_HOST" and "QUEUE_HOST" name different/,
    ],
    ['prefixes of Redis', { REDIS_HOST: 'a', VALKEY_HOST: 'b' }, /"REDIS_HOST" and "VALKEY_HOST"/],
    ['endings', { VALKEY_URI_A: 'valkey://a', VALKEY_URI_B: 'valkey://b' }, /"VALKEY_URI_A" and/],
    ['items', { redis: [{ host: 'a' }, { host: 'b' }] }, /"redis.0.host" and "redis.1.host" name/],
    ['names', { first: 'redis://a', second: 'redis://:s3cret@b' }, /"first" and "second" name/],
  ])('of several servers under several %s are refused', (_name, credentials, message) => {
    const read = () => readCredentials({ ...credentials });

    expect(read).toThrow(message);
    expect(read).not.toThrow(/s3cret/);
  });
});

describe('connection strings', () => {
  it.each<[string, object, string]>([
    [
      'of StackExchange.Redis',
      { cs: 'h:6380,password=p=,ssl=True,abortConnect=False' },
      ':p=@h:6380 tls',
    ],
    [
      'of StackExchange.Redis with a user',
      { cs: 'h:1,user=u,password=p,defaultDatabase=2' },
      'u:p@h:1/2',
    ],
    ['of StackExchange.Redis without TLS', { cs: 'h,ssl=false,password=p' }, ':p@h:6379'],
    [
      'of StackExchange.Redis with TLS, at its port',
      { cs: 'h,ssl=true,password=p' },
      ':p@h:6380 tls',
    ],
    [
      'of StackExchange.Redis with the name in the certificate',
      { cs: 'h:1,password=p,sslHost=h.example.com' },
      ':p@h:1 tls',
    ],
    [
      'of StackExchange.Redis with spaces and a last comma',
      { cs: 'h, password = p , ssl = True,' },
      ':p@h:6380 tls',
    ],
    ['of StackExchange.Redis with no more than TLS', { cs: 'h:1,ssl=True' }, ':@h:1 tls'],
    ['of StackExchange.Redis with no more than a user', { cs: 'h:1,user=u' }, 'u:@h:1'],
    [
      'of StackExchange.Redis with no more than a database',
      { cs: 'h,defaultDatabase=2' },
      ':@h:6379/2',
    ],
    ['of StackExchange.Redis with an option in capitals', { cs: 'h:1,ABORTCONNECT=no' }, ':@h:1'],
    ['with an option beside a field', { uri: 'redis://h:1?db=2', db: 3 }, ':@h:1/3'],
    ['for reading and writing', { read_write_uri: 'redis://h:1' }, ':@h:1'],
    ['with options', { uri: 'redis://h:1?ssl=true&db=2&password=p' }, ':p@h:1/2 tls'],
    ['with TLS in the scheme', { uri: 'redis+tls://:p@h:1' }, ':p@h:1 tls'],
    ['with SSL in the scheme', { uri: 'redis-ssl://:p@h:1' }, ':p@h:1 tls'],
    [
      'one plain, one with TLS',
      { uri: 'redis://:p@h:1', uri_tls: 'rediss://:p@h:2' },
      ':p@h:2 tls',
    ],
    [
      'one with TLS, one plain',
      { REDIS_TLS_URL: 'rediss://h:2', REDIS_URL: 'redis://h:1' },
      ':@h:2 tls',
    ],
    [
      'with TLS, on another host',
      { internal: 'redis://a:1', external: 'rediss://b:2' },
      ':@b:2 tls',
    ],
    [
      'of two ports, beside the plain one',
      { host: 'h', port: 1, url: 'redis://h:1', tls_url: 'rediss://h:2' },
      ':@h:2 tls',
    ],
    [
      'of a private network last',
      { private_uri: 'rediss://a:1', uri: 'rediss://b:1' },
      ':@b:1 tls',
    ],
    ['twice, of which the first counts', { uri: 'redis://h:1', url: 'redis://h:2' }, ':@h:1'],
    ['of replicas not at all', { read_uri: 'rediss://a:1', uri: 'redis://b:1' }, ':@b:1'],
    [
      'with a spare password not at all',
      { secondary: 'h:1,password=a', primary: 'h:1,password=b' },
      ':b@h:1',
    ],
  ])('%s', (_name, credentials, expected) => {
    expect(summarize(readCredentials({ ...credentials }))).toBe(expected);
  });

  it.each(['read', 'reader', 'readonly', 'replica', 'replicas', 'ro', 'secondary', 'slave'])(
    'whose name has the word "%s" are not for use',
    (word) => {
      const credentials = { CACHE_URL: 'redis://h:1', [`${word}_url`]: 'redis://other' };

      expect(summarize(readCredentials(credentials))).toBe(':@h:1');
    },
  );

  it('are the plain ones when tls_enabled is false', () => {
    const both = { uri: 'redis://h:1', tls_uri: 'rediss://h:2' };

    expect(summarize(readCredentials(both, false))).toBe(':@h:1');
  });

  it('of StackExchange.Redis with a serviceName list sentinels', () => {
    const cs = 'a:1,b:2,serviceName=m,password=p';

    expect(readCredentials({ cs })).toMatchObject({ kind: 'sentinel', masterName: 'm' });
    expect(readCredentials({ cs: 'a:1,serviceName=m' })).toMatchObject({ kind: 'sentinel' });
  });

  it('with a scheme for Sentinel list sentinels', () => {
    expect(readCredentials({ uri: 'redis-sentinel://:p@a:1,b/0#m' })).toMatchObject({
      kind: 'sentinel',
      sentinels: [
        { host: 'a', port: 1 },
        { host: 'b', port: 26379 },
      ],
      masterName: 'm',
      login: { password: 'p' },
    });
  });
});

describe('TLS', () => {
  const password = 'p';

  it.each([
    'required',
    'Require',
    'enable',
    'enabled',
    'requires',
    'verify-full',
    'preferred',
    'SERVER_AUTHENTICATION',
    'TRANSIT_ENCRYPTION_MODE_SERVER_AUTHENTICATION',
    'verify_ca',
    'encrypted',
    'on',
    't',
    'Y',
    ' TRUE ',
    1,
  ])('is wanted by a switch that says %s', (ssl) => {
    expect(readCredentials({ host: 'h', ssl }).tls).not.toBeNull();
  });

  it.each([
    'disabled',
    'DISABLED',
    'TRANSIT_ENCRYPTION_MODE_DISABLED',
    'plaintext',
    'disable',
    'f',
    'N',
    'no',
    0,
  ])('is not wanted by a switch that says %s', (ssl) => {
    expect(readCredentials({ host: 'h', ssl, tls_port: 1 }).tls).toBeNull();
  });

  it.each([true, false])('is what tls_enabled says where fields contradict: %s', (useTls) => {
    const credentials = { tls: 'false', uri: 'rediss://h:1' };

    expect(readCredentials(credentials, useTls).tls === null).toBe(!useTls);
  });

  it.each(['enableTLS', 'REDIS_USE_SSL', 'transit_encryption_mode', 'redis.ssl.enabled'])(
    'is wanted by a switch called %s',
    (name) => {
      expect(readCredentials({ REDIS_HOST: 'h', [name]: 'required' }).tls).not.toBeNull();
    },
  );

  it.each<[string, object]>([
    ['a scheme by itself', { host: 'h', scheme: 'rediss' }],
    ['the scheme of Valkey by itself', { host: 'h', scheme: 'valkeys' }],
    ['a protocol', { host: 'h', security_protocol: 'SSL' }],
    ['a protocol of that name', { host: 'h', protocol: 'tls' }],
    ['two switches that agree', { host: 'h', tls: true, ssl: 'yes' }],
    ['an object that names a mode', { host: 'h', tls: { mode: 'require' } }],
    ['a list of hosts as URIs', { hosts: 'rediss://a:1,rediss://b:1' }],
    ['a list of sentinels as URIs', { master_name: 'm', sentinels: 'REDISS://a:1' }],
    ['one of several nodes of a Cluster', { cluster_nodes: ['a:1', 'valkeys://b:1'] }],
    ['an object with any setting', { host: 'h', ssl: { bundle: 'b' } }],
    ['a client certificate', { host: 'h', 'tls.crt': PEM, 'tls.key': KEY }],
    ['ElastiCache with a password', { uri: 'redis://:p@m.x.euc1.cache.amazonaws.com:6379' }],
    ['ElastiCache in China', { host: 'm.x.cnn1.cache.amazonaws.com.cn', password }],
    [
      'a cluster of ElastiCache',
      { configuration_endpoint: 'clustercfg.x.cache.amazonaws.com', password },
    ],
    ['MemoryDB', { host: 'clustercfg.x.memorydb.eu-central-1.amazonaws.com', password }],
    ['Upstash', { endpoint: 'eu1-x.upstash.io', password }],
    ['Azure Managed Redis', { host: 'x.germanywestcentral.redis.azure.net', password }],
    ['a TLS port of Azure in a URI', { uri: 'redis://:p@x.redis.cache.windows.net:6380' }],
    ['a TLS port of Azure', { host: 'x.redis.cache.windows.net', port: 6380, password }],
  ])('is wanted by %s', (_name, credentials) => {
    expect(readCredentials({ ...credentials }).tls).not.toBeNull();
  });

  it.each<[string, object]>([
    ['an object that names no mode', { host: 'h', tls: { mode: 'disabled' } }],
    ['an object that says no', { host: 'h', tls: { enabled: false } }],
    ['ElastiCache without a password', { host: 'm.x.euc1.cache.amazonaws.com' }],
    ['the plain port of Azure', { host: 'x.redis.cache.windows.net', port: 6379, password }],
    ['a plain scheme', { host: 'h', scheme: 'redis' }],
  ])('is not wanted by %s', (_name, credentials) => {
    expect(readCredentials({ ...credentials }).tls).toBeNull();
  });

  it.each<[string, object]>([
    ['a list of objects', { server_ca_certs: [{ cert: PEM, create_time: 'x' }] }],
    ['a list of texts', { ca_certs: [base64(PEM)] }],
    ['lists within lists', { managed_server_ca: [{ ca_certs: [{ certificates: [PEM] }] }] }],
    ['a numbered name', { server_ca_certs_0_cert: PEM }],
    ['the name in a Kubernetes Secret', { 'ca.crt': PEM }],
    ['an object', { ca: { cert: PEM } }],
  ])('has its authority from %s', (_name, credentials) => {
    expect(readCredentials({ host: 'h', ...credentials }).tls?.ca).toEqual([PEM]);
  });

  it('trusts each authority of a list', () => {
    const other = PEM.replace('MADEUP', 'OTHER');
    const connection = readCredentials({ host: 'h', ca_certs: [{ cert: PEM }, { cert: other }] });

    expect(connection.tls?.ca).toEqual([PEM, other]);
  });
});

describe('Sentinel credentials', () => {
  it.each<[string, object, string]>([
    [
      'Tanzu, TLS only',
      {
        master_name: 'm',
        password: 'p',
        sentinel_password: 's',
        sentinels: [{ host: 'a', tls_port: 36379 }],
      },
      'a:36379 m tls :s',
    ],
    [
      'both a plain and a TLS port, with TLS',
      { master_name: 'm', sentinels: [{ host: 'a', port: 26379, tls_port: 36379 }] },
      'a:36379 m tls :',
    ],
    [
      'both a plain and a TLS port, without TLS',
      { master_name: 'm', tls: false, sentinels: [{ host: 'a', port: 26379, tls_port: 36379 }] },
      'a:26379 m :',
    ],
    [
      'Orange with TLS',
      {
        hostname: 'a',
        port: 6379,
        tls_port: 6380,
        ha_port: 1,
        tls_ha_port: 2,
        ha_master_name: 'm',
      },
      'a:2 m tls :',
    ],
    [
      'one port for sentinels, with TLS',
      { hostname: 'a', port: 6379, tls: true, ha_port: 5000, ha_master_name: 'm' },
      'a:5000 m tls :',
    ],
    [
      'a TLS port beside a plain one, without TLS',
      { host: 'a', tls: false, master_name: 'm', sentinel_port: 1, sentinel_tls_port: 2 },
      'a:1 m :',
    ],
    [
      'a TLS port for all sentinels',
      { host: 'a', tls: true, master_name: 'm', sentinel_tls_port: 2 },
      'a:2 m tls :',
    ],
    [
      'the name of the primary beside another in the URI',
      { master_name: 'm', sentinel_nodes: ['a:1'], uri: 'redis://b:2#other' },
      'a:1 m :',
    ],
    [
      'SAP with a password for the sentinels',
      { sentinel_nodes: ['a:1'], master_name: 'm', password: 'p', sentinel_password: 's' },
      'a:1 m :s',
    ],
    ['a switch', { host: 'a', sentinel: true, master_name: 'm' }, 'a:26379 m :'],
    ['a switch by another name', { host: 'a', sentinel_enabled: 'yes' }, 'a:26379 mymaster :'],
    [
      'a name of the primary with an escaped character, in the URI',
      { sentinel_nodes: ['a:1'], uri: 'redis://b#m%20n' },
      'a:1 m n :',
    ],
    ['a mode in capitals', { host: 'a', mode: 'SENTINEL' }, 'a:26379 mymaster :'],
    ['any one prefix', { CACHE_SENTINELS: 'a:1', CACHE_MASTER_NAME: 'm' }, 'a:1 m :'],
    [
      'a password for the sentinels that is JSON',
      { master_name: 'm', sentinels: ['a:1'], sentinel_password: '{"a":1}' },
      'a:1 m :{"a":1}',
    ],
    [
      'Tanzu, as JSON text in a file',
      { master_name: 'm', sentinels: '[{"host":"a","port":26379}]' },
      'a:26379 m :',
    ],
    ['a list of texts', { master_name: 'm', sentinels: ['a:1', 'b'] }, 'a:1,b:26379 m :'],
    ['a URI', { master_name: 'm', sentinels: 'redis://a:1' }, 'a:1 m :'],
    [
      'Spring Boot',
      { 'sentinel.master': 'm', 'sentinel.nodes': 'a:1,b:2', password: 'p' },
      'a:1,b:2 m :',
    ],
    [
      'Orange without TLS',
      {
        hostname: 'a b',
        port: '6379',
        tls_port: '0',
        ha_port: '26379',
        tls_ha_port: '0',
        ha_master_name: 'm',
        ha_password: 's',
      },
      'a:26379,b:26379 m :s',
    ],
    [
      'SAP, with the master name in the URI',
      {
        hostname: 'a',
        port: 1,
        password: 'p',
        sentinel_nodes: [{ hostname: 'a' }],
        uri: 'rediss://no-user-name-for-redis:p@a:1#m',
      },
      'a:26379 m tls :p',
    ],
    [
      'SAP, without any master name',
      { hostname: 'a', port: 1, sentinel_nodes: [{ hostname: 'a', port: '1' }] },
      'a:1 mymaster :',
    ],
    [
      'anynines Key Value',
      {
        hosts: ['a', 'b'],
        host: 'x',
        valkey: { username: 'u', password: 'p', port: 6379 },
        sentinel: { master_name: 'm', username: 'su', password: 's', port: 26379 },
      },
      'a:26379,b:26379 m su:s',
    ],
  ])('of %s', (_name, credentials, expected) => {
    const connection = readCredentials({ ...credentials });
    if (connection.kind !== 'sentinel') throw new Error(`not Sentinel but ${connection.kind}`);
    const { masterName, sentinelLogin } = connection;

    const nodes = nodesOf(connection).map(formatAddress).join(',');
    const login = `${sentinelLogin.username ?? ''}:${sentinelLogin.password ?? ''}`;
    expect(`${nodes} ${masterName}${connection.tls ? ' tls' : ''} ${login}`).toBe(expected);
  });
});

describe('Cluster credentials', () => {
  it.each<[string, object, string]>([
    [
      'SAP, as text',
      { hostname: 'h', port: '1205', cluster_mode: 'true', tls: 'true' },
      ':@h:1205 tls',
    ],
    [
      'the configuration endpoint of ElastiCache',
      {
        host: 'clustercfg.x.cache.amazonaws.com',
        port: 6379,
        uri: 'rediss://clustercfg.x.cache.amazonaws.com:6379',
      },
      ':@clustercfg.x.cache.amazonaws.com:6379 tls',
    ],
    ['Spring Boot', { 'cluster.nodes': 'a:1,b:2', password: 'p' }, ':p@a:1,b:2'],
    ['one node', { host: 'h', cluster_nodes: ['a:1'] }, ':@a:1'],
    ['nodes as URIs', { cluster_nodes: ['redis://a:1', 'redis://b:1'] }, ':@a:1,b:1'],
    ['a node beside its port', { configuration_endpoint: 'a', port: 7000 }, ':@a:7000'],
    ['any one prefix', { CACHE_CLUSTER_NODES: 'a:1', CACHE_PASSWORD: 'p' }, ':p@a:1'],
    ['a switch of no more than one word', { host: 'h', cluster: true }, ':@h:6379'],
    ['a scheme for Cluster', { uri: 'redis-cluster://:p@a:1,b:2' }, ':p@a:1,b:2'],
    ['Azure', { host: 'h', port: 1, clustering_policy: 'OSSCluster' }, ':@h:1'],
    [
      'a switch beside a reader endpoint',
      { host: 'h', reader_endpoint: 'r', cluster_mode: true },
      ':@h:6379',
    ],
    ['a switch of another name', { host: 'h', cluster_enabled: true }, ':@h:6379'],
    [
      'nodes with TLS ports alone, without TLS',
      {
        cluster_nodes: [
          { host: 'a', tls_port: 1 },
          { host: 'b', tls_port: 2 },
        ],
        tls: false,
      },
      ':@a:1,b:2',
    ],
  ])('of %s', (_name, credentials, expected) => {
    const connection = readCredentials({ ...credentials });

    expect(connection.kind).toBe('cluster');
    expect(summarize(connection)).toBe(expected);
  });
});

describe('credentials of a primary and its reader', () => {
  it('have one login, database and port for both', () => {
    const credentials = {
      host: 'h',
      reader_endpoint: 'r',
      port: 1,
      username: 'u',
      password: 'p',
      database: 2,
      tls: true,
    };

    expect(readCredentials(credentials)).toEqual({
      kind: 'replicated',
      primary: { host: 'h', port: 1 },
      reader: { host: 'r', port: 1 },
      login: { username: 'u', password: 'p' },
      database: 2,
      tls: { ca: [], clientCertificate: null, clientKey: null },
    });
  });

  it('may have a URI for the reader', () => {
    expect(readCredentials({ host: 'h', reader_endpoint: 'redis://r:2' })).toMatchObject({
      kind: 'replicated',
      reader: { host: 'r', port: 2 },
    });
  });
});

describe('tls_enabled', () => {
  const optional = { host: 'h', port: 6379, tls_port: 16379 };

  it('true takes the TLS port', () => {
    expect(summarize(readCredentials(optional, true))).toBe(':@h:16379 tls');
  });

  it('false takes the plain port', () => {
    expect(summarize(readCredentials(optional, false))).toBe(':@h:6379');
  });
});

describe('credentials that cannot be read', () => {
  it.each<[string, object, RegExp]>([
    ['no field at all', {}, /neither a host nor a redis:\/\/ URI \(fields found: none\)/],
    ['other fields only', { user: 'x', key: 's3cret' }, /fields found: user, key/],
    ['a URI that is none', { uri: 's3cret' }, /URI is not of the form redis:/],
    [
      'a URI of another service',
      { uri: 'postgres://u:s3cret@h/db' },
      /URI is not of the form redis:/,
    ],
    ['a malformed URI', { uri: 'redis://:s3cret@:6379' }, /URI is not of the form redis:/],
    ['a port that is none', { host: 'h', port: 's3cret' }, /field "port" is not a port/],
    ['a URI with a name for its database', { uri: 'redis://:s3cret@h/db' }, /URI is not of the/],
    [
      'one of several hosts of StackExchange.Redis that is none',
      { uri: 'h:1,i:x,password=s3cret' },
      /URI is not of the form redis:/,
    ],
    ['a port that is no whole number', { host: 'h', port: 1.5 }, /field "port" is not a port/],
    ['a port too high', { host: 'h', port: 65536 }, /field "port" is not a port/],
    ['a port below 0', { host: 'h', port: -1 }, /field "port" is not a port/],
    ['a list as port', { host: 'h', port: [1] }, /field "port" is not a port/],
    ['a list as flag', { host: 'h', tls: ['true'] }, /field "tls" is not true or false/],
    ['flags that contradict', { host: 'h', tls: false, ssl: 1 }, /"tls" and "ssl" contradict/],
    [
      'a flag against its URI',
      { tls: 'false', uri: 'rediss://:s3cret@h' },
      /"tls" says no to TLS, but the URI .* set tls_enabled/,
    ],
    [
      'a flag against its host',
      { tls: false, password: 's3cret', host: 'm.x.cache.amazonaws.com' },
      /"tls" says no to TLS, but the URI or the host requires it/,
    ],
    ['a mode of TLS', { host: 'h', sslmode: 's3cret' }, /field "sslmode" is not true or false/],
    ['a list without a CA', { host: 'h', ca: [{ name: 's3cret' }] }, /"ca" is not PEM/],
    ['a list of what is no CA', { host: 'h', ca: [{ cert: 's3cret' }] }, /"ca" is not PEM/],
    ['a nested flag', { host: 'h', tls: { enabled: 's3cret' } }, /"tls.enabled" is not true or/],
    ['a flag that ends like one', { host: 'h', tls: 'untrue' }, /field "tls" is not true or false/],
    ['a flag that begins like no', { host: 'h', tls: 'none' }, /field "tls" is not true or false/],
    ['a flag that begins like yes', { host: 'h', tls: 'once' }, /field "tls" is not true or false/],
    ['a flag that ends like no', { host: 'h', tls: 'piano' }, /field "tls" is not true or false/],
    ['a host that is a number', { hosts: [5] }, /field "hosts" is not a list of hosts/],
    ['a URI in a host that is none', { hosts: ['redis://s3cret@'] }, /"hosts" is not a list/],
    ['one of several hosts that is none', { uri: 'redis://h,:1' }, /URI is not of the form redis:/],
    ['a URI of a tunnel', { uri: 'ssh+redis://h:1' }, /URI is not of the form redis:/],
    ['a cluster without a host', { cluster_mode: true }, /neither a host/],
    ['a reader without a primary', { reader_endpoint: 'r' }, /neither a host/],
    ['nested fields only', { redis: { s3cret: 1 } }, /fields found: redis\)/],
    ['a flag that is none', { host: 'h', tls: 's3cret' }, /field "tls" is not true or false/],
    ['a CA that is none', { host: 'h', ca: 's3cret' }, /field "ca" is not PEM or its base64/],
    [
      'sentinels that are none',
      { sentinels: [{ s3cret: 1 }] },
      /field "sentinels" is not a list of hosts/,
    ],
    ['a Sentinel port but no host', { master_name: 'm', sentinel_port: 1 }, /neither a host/],
    ['a login in the text of a host', { hosts: ['s3cret@h'] }, /"hosts" is not a list of hosts/],
    ['a login in a host', { hosts: [{ host: 's3cret@h' }] }, /"hosts" is not a list of hosts/],
    ['what has no text', { host: { toString: 1 } }, /"host" is not a list of hosts/],
    [
      'an object as password',
      { host: 'h', password: { s3cret: 1 } },
      /field "password" is not text/,
    ],
  ])('with %s name the field and no value', (_name, credentials, message) => {
    const read = () => readCredentials({ ...credentials });

    expect(read).toThrow(BindingProblem);
    expect(read).toThrow(message);
    expect(read).not.toThrow(/s3cret/);
  });
});

describe('an error that no binding should cause', () => {
  it('is named without its message, which might quote a secret', () => {
    expect(messageOf(new TypeError('s3cret is not a function'))).toBe(
      'it has a form that nobody foresaw',
    );
    expect(messageOf(new BindingProblem('a sentence'))).toBe('a sentence');
  });
});

/** user:password@nodes/database, then TLS and CA if there are any. */
function summarize(connection: Connection): string {
  const { login, database, tls } = connection;
  const nodes = nodesOf(connection).map(formatAddress).join(',');
  return (
    `${login.username ?? ''}:${login.password ?? ''}@${nodes}` +
    (database ? `/${database}` : '') +
    (tls ? ' tls' : '') +
    (tls?.ca.length ? ' ca' : '')
  );
}
