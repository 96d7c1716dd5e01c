/** What the log and GET / say of a binding whose fields may have been misread. */
import { readBinding } from '../../src/cloudfoundry/binding.ts';

const PEM = '-----BEGIN CERTIFICATE-----\ns3cret\n-----END CERTIFICATE-----\n';

function warningsOf(credentials: object): string[] {
  const services = { redis: [{ name: 'r', label: 'redis', credentials }] };
  return readBinding({ VCAP_SERVICES: JSON.stringify(services) }).warnings;
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
    ['TLS of another part', { host: 'h', sentinel_tls: true }, /not encrypted.* "sentinel_tls"/],
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
  ])('of %s', (_name, credentials) => {
    expect(warningsOf(credentials)).toEqual([]);
  });
});
