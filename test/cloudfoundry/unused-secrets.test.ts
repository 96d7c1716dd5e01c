/** What the log and GET / say of a binding whose fields may have been misread. */
import { readBinding } from '../../src/cloudfoundry/binding.ts';

const PEM = '-----BEGIN CERTIFICATE-----\ns3cret\n-----END CERTIFICATE-----\n';

function warningsOf(credentials: object, env = {}): string[] {
  const services = { redis: [{ name: 'r', label: 'redis', credentials }] };
  return readBinding({ ...env, VCAP_SERVICES: JSON.stringify(services) }).warnings;
}

describe('a binding warns', () => {
  it.each<[string, object, RegExp]>([
    [
      'a password of an unknown name',
      { host: 'h', redisPasswort: 's3cret' },
      /not used: "redisPasswort"$/,
    ],
    [
      'a second password',
      { host: 'h', password: 'p', auth_token: 's3cret' },
      /not used: "auth_token"$/,
    ],
    [
      'another password in the URI',
      { password: 'p', uri: 'redis://:s3cret@h' },
      /not used: "uri"$/,
    ],
    ['a URI that cannot be read', { host: 'h', uri: 'redis://:s3cret@:1' }, /not used: "uri"$/],
    [
      'a password of another server',
      { host: 'h', SMTP_PASSWORD: 's3cret' },
      /not used: "SMTP_PASSWORD"$/,
    ],
    [
      'a password beside the host of another server',
      { HOST: 'x', PASSWORD: 's3cret', REDIS_HOST: 'h' },
      /not used: "PASSWORD"$/,
    ],
    [
      'a password of a server with a similar name',
      { CACHES_HOST: 'h', CACHE_PASSWORD: 's3cret' },
      /not used: "CACHE_PASSWORD"$/,
    ],
    [
      'a password of a part of Redis',
      { host: 'h', REDIS_EXPORTER_PASSWORD: 's3cret' },
      /not used: "REDIS_EXPORTER_PASSWORD"$/,
    ],
    [
      'a password of another Redis',
      { host: 'h', OTHER_REDIS_PASSWORD: 's3cret' },
      /not used: "OTHER_REDIS_PASSWORD"$/,
    ],
    [
      'a password of Redis beside the host of another server',
      { CACHE_HOST: 'h', REDIS_PASSWORD: 's3cret' },
      /not used: "REDIS_PASSWORD"$/,
    ],
    [
      'a second password of a short name',
      { host: 'h', password: 'p', pass: 's3cret' },
      /not used: "pass"$/,
    ],
    [
      'another password in the options of a URI',
      { password: 'p', uri: 'redis://h?password=s3cret' },
      /not used: "uri"$/,
    ],
    ['a CA without TLS', { host: 'h', tls: false, ca: PEM }, /not used: "ca"$/],
    [
      'CAs without TLS',
      { host: 'h', tls: false, ca_certs: [{ cert: PEM }] },
      /not used: "ca_certs.0.cert"$/,
    ],
    [
      'a certificate that is not called one',
      { host: 'h', tls: true, trust: PEM },
      /not used: "trust"$/,
    ],
    [
      'passwords in a list',
      { host: 'h', users: [{ password: 's3cret' }, {}] },
      /"users.0.password"/,
    ],
    [
      'a certificate of an unknown name',
      { host: 'h', tls: true, my_pem: PEM },
      /not used: "my_pem"$/,
    ],
    [
      'a key without its certificate',
      { host: 'h', tls: true, my_key: 's3cret', private_key: PEM },
      /"private_key"/,
    ],
    ['several', { host: 'h', a: { token: 's3cret' }, b_secret: 's3cret' }, /"a.token", "b_secret"/],
    ['a word for TLS that it does not know', { host: 'h', tlsPolicy: 'strict' }, /"tlsPolicy"/],
    [
      'a word for TLS that only begins like no',
      { host: 'h', tlsPolicy: 'offered' },
      /not understood: "tlsPolicy"$/,
    ],
    ['TLS of another part', { host: 'h', sentinel_tls: true }, /not encrypted.* "sentinel_tls"/],
    [
      'several secrets of one name, once',
      { host: 'h', api_token: ['s3cret', 's3cret!'] },
      /not used: "api_token"$/,
    ],
    ['the path of a certificate', { host: 'h', tls: true, ca_file: '/x' }, /not used: "ca_file"$/],
    [
      'a user without a password',
      { host: 'h', user: 'u' },
      /there is a user name, but no password$/,
    ],
    [
      'a password of a node',
      { sentinels: [{ host: 'h', password: 's3cret' }] },
      /not used: "sentinels.0.password"$/,
    ],
  ])('of %s, and prints no value', (_name, credentials, message) => {
    const warnings = warningsOf(credentials);

    expect(warnings).toEqual([expect.stringMatching(message)]);
    expect(warnings[0]).toMatch(/^Service "r" \(redis\): /);
    expect(warnings[0]).not.toMatch(/s3cret|strict/);
  });

  it.each([
    'mypassphrase',
    'pasword',
    'mypwd',
    'clientsecret',
    'apitoken',
    'mycert',
    'mycerts',
    'mycertificate',
    'mycertificates',
    'mycrt',
    'mypem',
    'apikey',
    'truststore',
    'ca_file',
    'certPath',
    'certificateFile',
    'keyPath',
  ])('of a secret that is called %s', (name) => {
    expect(warningsOf({ host: 'h', [name]: 's3cret' })).toEqual([
      expect.stringMatching(new RegExp(`are not used: "${name}"$`)),
    ]);
  });

  it.each(['tlsPolicy', 'ssl_policy', 'encryptionLevel', 'redissOnly', 'valkeysOnly'])(
    'of a word for TLS that is called %s',
    (name) => {
      expect(warningsOf({ host: 'h', [name]: 'strict' })).toEqual([
        expect.stringMatching(new RegExp(`are not understood: "${name}"$`)),
      ]);
    },
  );
});

describe('a binding does not warn', () => {
  it.each<[string, object]>([
    ['a second key', { host: 'h', primaryKey: 'p', secondaryKey: 'x' }],
    ['the login of an administrator', { host: 'h', password: 'p', admin_password: 'x' }],
    ['a REST API', { uri: 'rediss://:p@h', rest_api_token: 'x' }],
    ['a URI that cannot be read, and has no login', { host: 'h', uri: 'redis://:1' }],
    ['the same password twice', { uri: 'redis://:p@h', password: 'p', auth: 'p' }],
    ['the same CA twice', { host: 'h', ca: PEM, ca_base64: Buffer.from(PEM).toString('base64') }],
    ['versions of TLS, with TLS', { host: 'h', tls_port: 1, tls_versions: ['tlsv1.3'] }],
    ['TLS that is switched off', { host: 'h', tlsPolicy: 'none', ssl: false }],
    ['a certificate without a key', { host: 'h', tls: true, certificate: PEM }],
    ['what is no secret', { host: 'h', key_prefix: 'x', keyspace: 'y', password_required: false }],
    ['the switch of a port without TLS', { host: 'h', enableNonSslPort: true }],
    [
      'what only begins like a secret',
      { host: 'h', secret_name: 'x', token_ttl: 60, pwd_policy: 'x', cert_count: 2, key_type: 'x' },
    ],
  ])('of %s', (_name, credentials) => {
    expect(warningsOf(credentials)).toEqual([]);
  });

  it('of TLS that tls_enabled switches off, as the fields for it are understood', () => {
    const credentials = { host: 'h', port: 1, tls_port: 2, ssl: 'required' };
    expect(warningsOf(credentials, { tls_enabled: 'false' })).toEqual([]);
  });

  it.each([0, '0', false, 'no', 'OFF', 'none', 'null', 'disable', 'disabled'])(
    'of TLS that is switched off by the word %s',
    (word) => {
      expect(warningsOf({ host: 'h', tlsPolicy: word })).toEqual([]);
    },
  );
});
