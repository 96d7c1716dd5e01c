/** The line of the log that says what the app is connected to. */
import { type Connection, describe as describeConnection } from '../src/connection.ts';

const [A, B] = [
  { host: 'a', port: 1 },
  { host: 'fd00::1', port: 2 },
];
const login = { username: 'u', password: 's3cret' };
const common = { login, database: 0, tls: null };
const tls = { ca: [], clientCertificate: null, clientKey: null };

it.each<[string, Connection]>([
  ['standalone [fd00::1]:2 without TLS', { kind: 'standalone', node: B, ...common }],
  ['standalone a:1 over TLS', { kind: 'standalone', node: A, ...common, tls }],
  ['cluster a:1, [fd00::1]:2 without TLS', { kind: 'cluster', nodes: [A, B], ...common }],
  [
    'sentinel a:1, [fd00::1]:2 for m without TLS',
    { kind: 'sentinel', sentinels: [A, B], masterName: 'm', sentinelLogin: login, ...common },
  ],
  [
    'replicated a:1, reader [fd00::1]:2 without TLS',
    { kind: 'replicated', primary: A, reader: B, ...common },
  ],
])('is "%s", and names neither user nor password', (line, connection) => {
  expect(describeConnection(connection)).toBe(line);
});
