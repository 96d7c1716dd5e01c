/** What the app says for each error: its cause in words, and what to do about it. */
import {
  CLOSED,
  explain,
  isNotConnected,
  isRedisError,
  OUT_OF_MEMORY,
} from '../../src/redis/explain.ts';

const withCode = (code: string) => Object.assign(new Error('failed'), { code });

describe('an error is explained', () => {
  it.each([
    ['EAI_AGAIN', 'has a host name that cannot be resolved. Does the service still exist'],
    ['ETIMEDOUT', 'does not answer. Does an application security group forbid'],
    ['EHOSTUNREACH', 'does not answer. Does an application security group forbid'],
    ['ENETUNREACH', 'does not answer. Does an application security group forbid'],
    ['CERT_NOT_YET_VALID', 'shows a certificate that is not valid yet'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'shows a certificate of an authority that this app'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'shows a certificate of an authority that this app'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'shows a certificate of an authority that this app'],
    ['CERT_UNTRUSTED', 'shows a certificate of an authority that this app'],
    ['CERT_SIGNATURE_FAILURE', 'shows a certificate of an authority that this app'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'breaks off the TLS handshake'],
    ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', 'breaks off the TLS handshake'],
    ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'breaks off the TLS handshake'],
    ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'breaks off the TLS handshake'],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'breaks off the TLS handshake'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'does not speak this version of TLS'],
    ['ERR_SSL_UNSUPPORTED_PROTOCOL', 'does not speak this version of TLS'],
    ['ERR_SSL_NO_PROTOCOLS_AVAILABLE', 'does not speak this version of TLS'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'does not speak TLS at this port'],
    ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'does not speak TLS at this port'],
    ['EPROTO', 'does not speak TLS at this port'],
    ['ECONNRESET', 'closes the connection. Does this port expect TLS'],
    ['EPIPE', 'closes the connection. Does this port expect TLS'],
  ])('by its code %s', (code, text) => {
    const sentence = explain(withCode(code));
    expect(sentence.startsWith(`Redis ${text}`)).toBe(true);
    expect(sentence.endsWith(` (${code})`)).toBe(true);
  });

  it.each([
    [CLOSED.message, 'closes the connection without an answer'],
    [
      'Client network socket disconnected before secure TLS',
      'closes the connection. Does this port',
    ],
    ['Socket timeout. Expecting data', 'accepts connections but does not answer in time'],
    ['Command timed out', 'accepts connections but does not answer in time'],
    ['Unknown RESP type "H"', 'does not listen at this port: something answers there'],
    ['Protocol error, got "H"', 'does not listen at this port: something answers there'],
    ['WRONGPASS', 'refuses the user name or password'],
    ['ERR invalid password', 'refuses the user name or password'],
    ['ERR AUTH <password> called without any password configured', 'refuses the user name or pass'],
    ['NOAUTH Authentication required.', 'wants a password, and the binding has none'],
    ["ERR The user executing the script can't run this", 'does not give its user the right to a'],
    ['MOVED 1 10.0.0.1:7000', 'is a Cluster, but the binding'],
    ["CROSSSLOT Keys in request don't hash to the same slot", 'is a Cluster, but the binding'],
    ['ERR SELECT is not allowed in cluster mode', 'does not have the database'],
    ['ERR DB index is out of range', 'does not have the database'],
    ['ERR invalid DB index', 'does not have the database'],
    ['MASTERDOWN Link with MASTER is down', 'is a replica that has lost its primary'],
    ['BUSY Redis is busy running a script.', 'is busy with a script that does not end'],
    ['NOREPLICAS Not enough good replicas to write.', 'has fewer replicas than it needs'],
    ['CLUSTERDOWN Hash slot not served', 'is a Cluster that has lost some of its servers'],
    ['All sentinels are unreachable.', 'has no Sentinel that answers and knows the primary'],
    ["Cluster isn't ready and enableOfflineQueue options is false", 'has no cluster node that'],
    ['Failed to refresh slots cache.', 'has no cluster node that'],
    ['None of startup nodes is available', 'has no cluster node that'],
  ])('by its message "%s"', (message, text) => {
    expect(explain(new Error(message)).startsWith(`Redis ${text}`)).toBe(true);
  });

  it('with the name of a host that cannot be resolved', () => {
    const error = Object.assign(withCode('ENOTFOUND'), { hostname: 'redis.invalid' });
    expect(explain(error)).toMatch(/cannot be resolved: redis\.invalid\. Does the service/);
  });

  it('with all names of a certificate for other hosts, as far as they are known', () => {
    const error = Object.assign(withCode('ERR_TLS_CERT_ALTNAME_INVALID'), { host: 'h' });
    expect(explain(error)).toMatch(/^Redis shows a certificate for another name, but .* to h\./);
    const subjectaltname = 'DNS:a.example, DNS:b.example, IP Address:10.0.0.1';
    expect(explain(Object.assign(error, { cert: { subjectaltname } }))).toMatch(
      /^Redis shows a certificate for a\.example, b\.example, 10\.0\.0\.1, but /,
    );
  });

  it.each([
    ['ERR unknown command `get`', 'GET'],
    ['ERR unknown command "get"', 'GET'],
    ['ERR unknown command get', 'GET'],
    ['ERR unknown command', 'a command of this app'],
  ])('with the name of the command that it does not know: %s', (message, command) => {
    expect(explain(new Error(message))).toContain(`Redis does not know ${command}. Has`);
  });

  it('with the subject that the caller names', () => {
    expect(explain(withCode('ECONNREFUSED'), 'The node h:1')).toMatch(/^The node h:1 refuses/);
  });

  it('by its cause, where a Cluster or a transaction reports only that it failed', () => {
    const lastNodeError = new Error('NOAUTH Authentication required.');
    const ofCluster = Object.assign(new Error('Failed to refresh slots cache.'), { lastNodeError });
    expect(explain(ofCluster)).toMatch(/^Redis wants a password/);

    const previousErrors = ['set', 'get'].map(
      (name) => new Error(`NOPERM User app has no permissions to run the '${name}' command`),
    );
    const ofTransaction = Object.assign(new Error('EXECABORT Transaction'), { previousErrors });
    expect(explain(ofTransaction)).toMatch(/^Redis does not give its user the right to run SET\./);
  });

  it('with the first sentence of what ioredis says', () => {
    const error = new Error("Socket timeout. Expecting data, but didn't receive any in 800ms.");
    expect(explain(error)).toMatch(/is something else listening there\? \(Socket timeout\)$/);
  });

  it('without the arguments of the command, which are data of people', () => {
    const details = ", with args beginning with: 's3cret'";
    expect(explain(new Error(`ERR unknown command 'FOO'${details}`))).toMatch(
      /^Redis does not know FOO\. .*\(ERR unknown command 'FOO'\)$/,
    );
    expect(explain(new Error(`ERR something else${details}`))).toBe(
      'Redis cannot be used: ERR something else',
    );
  });
});

describe('a right that is missing is named', () => {
  const NO_KEY = 'NOPERM No permissions to access a key';
  const withArgs = (...args: string[]) => Object.assign(new Error(NO_KEY), { command: { args } });

  it.each([
    [
      'to a command',
      new Error("NOPERM User app has no permissions to run the 'config|get' command"),
      'to run CONFIG|GET. The operator can add +config|get',
    ],
    [
      'to a channel',
      new Error('NOPERM No permissions to access a channel'),
      'to use this channel. The operator can add &_app:*',
    ],
    [
      "to a key of the app's own",
      withArgs('_app:s:1'),
      "to keys of the app's own. The operator can add ~_app:*",
    ],
    [
      "to a key of the app's own, in a script",
      withArgs('return 1', '2', 'foo', '_app:s:1'),
      "to keys of the app's own. The operator can add ~_app:*",
    ],
    [
      'to another key',
      withArgs('foo'),
      'to this key. The operator can add a pattern for it, like ~*',
    ],
    [
      'to a key that is not known',
      new Error(NO_KEY),
      'to this key. The operator can add a pattern for it, like ~*',
    ],
  ])('%s', (_what, error, right) => {
    expect(explain(error)).toContain(`its user the right ${right} to its rule (ACL SETUSER)`);
  });
});

describe('a Redis that is full', () => {
  it.each([
    "OOM command not allowed when used memory > 'maxmemory'.",
    "ERR Error running script: @user_script:1: -OOM command not allowed when used memory > 'maxmemory'.",
  ])('is recognized by "%s"', (message) => {
    expect(explain(new Error(message), 'The node h:1')).toBe(OUT_OF_MEMORY);
  });
});

describe('trouble with Redis', () => {
  it.each([
    ['any answer of Redis', Object.assign(new Error('ERR new'), { name: 'ReplyError' }), true],
    ['a connection that is closed', new Error("Stream isn't writeable and enable"), true],
    ['a connection that is refused', withCode('ECONNREFUSED'), true],
    ['a mistake of this app', new TypeError('x is not a function'), false],
    ['a file that is missing', withCode('ENOENT'), false],
    ['a file that is busy', withCode('EBUSY'), false],
  ])('%s', (_what, error, isTrouble) => {
    expect(isRedisError(error)).toBe(isTrouble);
  });

  it.each([
    "Stream isn't writeable and enableOfflineQueue options is false",
    'Connection is closed.',
    'Reached the max retries per request limit (which is 0)',
    'Too many Cluster redirections. Last error: Error: failed',
  ])('is also that a command met no connection: %s', (message) => {
    expect(isNotConnected(new Error(message))).toBe(true);
    expect(isRedisError(new Error(message))).toBe(true);
  });
});
