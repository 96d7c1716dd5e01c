/** Which authorities the app trusts when it speaks TLS to Redis. */
import tls, { type SecureContext } from 'node:tls';
import { isVersionRefused, tlsOptions } from '../../src/redis/tls.ts';

const CERTIFICATES = ['SYSTEM', 'PLATFORM'];
const TRUST = { certificates: CERTIFICATES, verify: true, serverName: null };

afterEach(() => jest.restoreAllMocks());

it.each([
  ['brings one of its own', ['BINDING']],
  ['brings none', []],
])('those of Node.js and of the platform count also where the binding %s', (_what, ca) => {
  const create = jest.spyOn(tls, 'createSecureContext').mockReturnValue({} as SecureContext);
  tlsOptions({ ca, clientCertificate: null, clientKey: null }, TRUST);

  const trusted = [...tls.rootCertificates, ...CERTIFICATES, ...ca];
  expect(new Set([create.mock.calls[0]![0]!.ca].flat())).toEqual(new Set(trusted));
});

it('with a version, the app speaks no other, at the security level of the old ones', () => {
  const create = jest.spyOn(tls, 'createSecureContext').mockReturnValue({} as SecureContext);
  const own = { ca: [], clientCertificate: 'CERTIFICATE', clientKey: 'KEY' };
  tlsOptions(own, TRUST);
  tlsOptions(own, TRUST, 'TLSv1.1');

  const [free, bound] = create.mock.calls.map(([options]) => options);
  expect(free).toMatchObject({ cert: 'CERTIFICATE', key: 'KEY' });
  for (const name of ['minVersion', 'maxVersion', 'ciphers']) expect(free).not.toHaveProperty(name);
  const only = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
  expect(bound).toEqual({ ...free, ...only });
});

it.each([
  ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', true],
  ['ERR_SSL_UNSUPPORTED_PROTOCOL', true],
  ['ERR_TLS_PROTOCOL_VERSION_CONFLICT', true],
  ['EPROTO', true],
  ['ECONNRESET', true],
  ['ECONNREFUSED', false],
  ['ETIMEDOUT', false],
  ['ERR_TLS_CERT_ALTNAME_INVALID', false],
  ['CERT_HAS_EXPIRED', false],
  [undefined, false],
])('a handshake that fails with %s was refused because of the version: %s', (code, isRefused) => {
  expect(isVersionRefused(Object.assign(new Error(), { code }))).toBe(isRefused);
});
