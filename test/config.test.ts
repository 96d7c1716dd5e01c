/** What each variable of the environment sets, and which values are refused. */
import { type Config, readConfig, warningsOf } from '../src/config.ts';

const MINUTE = 60 * 1000; // milliseconds
const YEAR = 365 * 24 * 60 * 60; // seconds

describe('without variables, the app', () => {
  it('is open, keeps sessions in Redis for half an hour, and trusts no proxy', () => {
    expect(readConfig({})).toMatchObject({
      port: 3000,
      listenAddress: undefined,
      timeouts: { idle: 30 * MINUTE, absolute: 12 * 60 * MINUTE },
      reads: 'primary',
      waitReplicas: 0,
      signUp: 'open',
      sessionStore: 'redis',
      sticky: false,
      trustedProxies: 0,
      keys: 'open',
      diagnostics: 'open',
    });
  });

  it('warns of nothing', () => {
    expect(warningsOf(readConfig({}))).toEqual([]);
  });
});

describe('a variable', () => {
  it.each<[string, string, Partial<Config>]>([
    ['PORT', '0', { port: 0 }],
    ['PORT', '65535', { port: 65535 }],
    ['LISTEN_ADDRESS', '127.0.0.1', { listenAddress: '127.0.0.1' }],
    ['SESSION_IDLE_TIMEOUT', '1', { timeouts: { idle: 1000, absolute: 12 * 60 * MINUTE } }],
    ['SESSION_ABSOLUTE_TIMEOUT', '1', { timeouts: { idle: 30 * MINUTE, absolute: 1000 } }],
    [
      'SESSION_ABSOLUTE_TIMEOUT',
      String(YEAR),
      { timeouts: { idle: 30 * MINUTE, absolute: 1000 * YEAR } },
    ],
    ['REDIS_READS', 'replica', { reads: 'replica' }],
    ['REDIS_WAIT_REPLICAS', '9', { waitReplicas: 9 }],
    ['SIGN_UP', 'closed', { signUp: 'closed' }],
    ['SESSIONS', 'memory', { sessionStore: 'memory' }],
    ['STICKY_SESSIONS', 'true', { sticky: true }],
    ['TRUSTED_PROXIES', '9', { trustedProxies: 9 }],
    ['KEYS', 'signed-in', { keys: 'signed-in' }],
    ['KEYS', 'closed', { keys: 'closed' }],
    ['DIAGNOSTICS', 'operator', { diagnostics: 'operator' }],
    ['DIAGNOSTICS', 'closed', { diagnostics: 'closed' }],
  ])('%s=%s sets what it names, and no more', (name, value, set) => {
    const { instance: _, ...standard } = readConfig({});
    expect(readConfig({ [name]: value })).toMatchObject({ ...standard, ...set });
  });

  it.each([
    ['PORT', ' ', 'a port number from 0 to 65535'],
    ['PORT', '-1', 'a port number from 0 to 65535'],
    ['PORT', '65536', 'a port number from 0 to 65535'],
    ['PORT', '80.5', 'a port number from 0 to 65535'],
    ['REDIS_WAIT_REPLICAS', '10', 'a number of replicas from 0 to 9'],
    ['REDIS_WAIT_REPLICAS', '-1', 'a number of replicas from 0 to 9'],
  ])('%s=%s is refused', (name, value, valid) => {
    expect(() => readConfig({ [name]: value })).toThrow(
      `${name} is "${value}", which is not ${valid}`,
    );
  });

  it.each(['', '0', '-1', '1.5', '1e3', '0x10', ' 60', '30m', String(YEAR + 1)])(
    'of a timeout is refused when it is "%s"',
    (text) => {
      for (const name of ['SESSION_IDLE_TIMEOUT', 'SESSION_ABSOLUTE_TIMEOUT']) {
        expect(() => readConfig({ [name]: text })).toThrow(
          `${name} is "${text}", which is not a number of seconds from 1 to a year's`,
        );
      }
    },
  );

  it.each(['', 'Closed', 'no', 'false'])('SIGN_UP=%s is refused', (text) => {
    expect(() => readConfig({ SIGN_UP: text })).toThrow(
      `SIGN_UP is "${text}", which is neither "open" nor "closed"`,
    );
  });

  it.each([
    ['REDIS_READS', '"primary" nor "replica"'],
    ['SIGN_UP', '"open" nor "closed"'],
    ['SESSIONS', '"redis" nor "memory"'],
    ['KEYS', '"open" nor "signed-in" nor "closed"'],
    ['DIAGNOSTICS', '"open" nor "operator" nor "closed"'],
  ])('%s=perhaps is refused', (name, choices) => {
    expect(() => readConfig({ [name]: 'perhaps' })).toThrow(
      `${name} is "perhaps", which is neither ${choices}`,
    );
  });
});

describe('warnings at the start', () => {
  it('come one by one', () => {
    expect(warningsOf(readConfig({ REDIS_TLS_REJECT_UNAUTHORIZED: 'false' }))).toHaveLength(1);
    expect(warningsOf(readConfig({ SESSIONS: 'memory' }))).toHaveLength(1);
    expect(warningsOf(readConfig({ OPERATOR_PASSWORD: 'short' }))).toHaveLength(1);
  });

  it('name the services that are not used, certificates that are not verified, and the lesson', () => {
    const services = [{ credentials: { host: 'h' } }, { name: 'b', credentials: { host: 'h' } }];
    const env = {
      VCAP_SERVICES: JSON.stringify({ redis: services }),
      REDIS_TLS_REJECT_UNAUTHORIZED: 'false',
      SESSIONS: 'memory',
    };
    expect(warningsOf(readConfig(env))).toEqual([
      expect.stringMatching(/^Several Redis services are bound/),
      expect.stringMatching(/^WARNING: .*ANY CERTIFICATE/),
      expect.stringMatching(/^WARNING: SESSIONS=memory/),
    ]);
  });
});
