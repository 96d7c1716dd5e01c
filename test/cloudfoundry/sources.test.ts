/** What the app makes of sources that the platform, or a hand, has broken. */
import { readBinding } from '../../src/cloudfoundry/binding.ts';
import { readConfig } from '../../src/config.ts';

describe('VCAP_SERVICES', () => {
  let printed: jest.SpyInstance;
  beforeEach(() => (printed = jest.spyOn(console, 'log').mockImplementation()));
  afterEach(() => printed.mockRestore());

  it.each([
    ['is empty', ''],
    ['is cut off', '{"redis":[{"credentials":{"password":"s3cret"'],
    ['is no object', '"s3cret"'],
    ['is a list', '[{"password":"s3cret"}]'],
    ['has no list under a label', '{"redis":{"password":"s3cret"}}'],
    ['has null under a label', '{"redis":null}'],
    ['lists what is no service', '{"redis":["s3cret"]}'],
  ])('that %s is a problem which names it and prints no secret', (_name, json) => {
    const binding = readBinding({ VCAP_SERVICES: json });

    expect(binding).toMatchObject({ service: null, connection: null });
    expect(binding.problem).toMatch(/^VCAP_SERVICES is .* a JSON object/);
    expect(binding.problem).not.toMatch(/s3cret/);
    expect(printed).not.toHaveBeenCalled();
  });

  it.each([
    ['{"redis":[{"credentials":{"password":"s3cret"', 'it ends too early, after 45 characters'],
    ['{"redis":[],}', 'it breaks at character 13 of 13: Expected double-quoted property name'],
    ["{'redis':[]}", "it breaks at character 2 of 12: Expected property name or '}'"],
    ['{"redis":[{"password":s3cret}]}', 'it breaks at character 23 of 31: unexpected character'],
    ['{"redis":[{"password":"s3cret', 'it ends too early, after 29 characters'],
    ['[1,', 'it ends too early, after 3 characters'],
    ['[1,]', 'it breaks at character 4 of 4: unexpected character'],
  ])('that is %s is a problem which names the place', (json, place) => {
    expect(readBinding({ VCAP_SERVICES: json }).problem).toMatch(new RegExp(`: ${place}`));
  });

  it.each([
    ['a text', '"s3cret"'],
    ['null', 'null'],
    ['an object that is no service', '{"password":"s3cret"}'],
    ['a list with something else after a service', '[{"name":"mail"},"s3cret"]'],
  ])('with %s under one label is read all the same, and says what it skipped', (_name, json) => {
    const services = `{"x":${json},"redis":[{"name":"r","credentials":{"host":"h"}}]}`;
    const { service, connection, warnings } = readBinding({ VCAP_SERVICES: services });

    expect(service?.name).toBe('r');
    expect(connection).toMatchObject({ node: { host: 'h' } });
    expect(warnings).toEqual([
      'VCAP_SERVICES is not a JSON object that has a list of services under each label: skipped "x"',
    ]);
  });

  it('in which something follows a service under one label still has that service', () => {
    const json = '{"redis":[{"name":"r","credentials":{"host":"h"}},["s3cret"]]}';
    const { service, warnings } = readBinding({ VCAP_SERVICES: json });

    expect(service?.name).toBe('r');
    expect(warnings).toEqual([expect.stringMatching(/skipped "redis"$/)]);
  });

  it('says what it skipped when no service is left', () => {
    const json = '{"x":7,"y":[],"z":null}';

    expect(readBinding({ VCAP_SERVICES: json }).problem).toMatch(/: skipped "x", "z"$/);
  });

  it('that holds nothing but spaces is empty', () => {
    expect(readBinding({ VCAP_SERVICES: ' \n' }).problem).toMatch(/^VCAP_SERVICES is empty;/);
  });

  it('is read without a change of the environment', () => {
    const before = process.env;
    readBinding({ VCAP_SERVICES: '{"redis":[{"credentials":{"host":"h"}}]}' });

    expect(process.env).toBe(before);
  });

  it('that is broken gives way to a later source, with a warning', () => {
    const binding = readBinding({ VCAP_SERVICES: '{', REDIS_URL: 'redis://h:1' });

    expect(binding.connection).toMatchObject({ node: { host: 'h', port: 1 } });
    expect(binding.warnings).toEqual([expect.stringMatching(/^VCAP_SERVICES is not/)]);
  });

  it('that is broken like another source is a problem of both, in their order', () => {
    const env = { VCAP_SERVICES: '{', SERVICE_BINDING_ROOT: '/nowhere' };
    const { problem } = readBinding(env);

    expect(problem).toMatch(/^VCAP_SERVICES is not .*\. SERVICE_BINDING_ROOT, .* cannot be read/);
  });

  it('of which a service cannot be used names that service, with its plan', () => {
    const service = { name: 'r', plan: 'small', credentials: {} };
    const binding = readBinding({ VCAP_SERVICES: JSON.stringify({ redis: [service] }) });

    expect(binding).toEqual({
      service: { name: 'r', label: 'redis', plan: 'small' },
      connection: null,
      problem: expect.stringMatching(/^Service "r" \(redis\) cannot be used: its credentials/),
      warnings: [],
    });
  });

  it('without any service is no problem', () => {
    expect(readBinding({ VCAP_SERVICES: '{}' })).toEqual({
      service: null,
      connection: null,
      problem: null,
      warnings: [],
    });
  });

  it('in which no service is a Redis names them all, and says what to do', () => {
    const services = { mail: [{ name: 'a' }], pg: [{ name: 'b' }] };
    const { problem } = readBinding({ VCAP_SERVICES: JSON.stringify(services) });

    expect(problem).toContain('are not taken for a Redis: "a" (mail), "b" (pg). A Redis has');
    expect(problem).toMatch(/a redis:\/\/ URI; .* cf set-env APP REDIS_SERVICE_NAME NAME$/);
  });

  it('with a service that has null for credentials is a problem of that service', () => {
    const json = '{"redis":[{"name":"r","label":"redis","credentials":null}]}';

    expect(readBinding({ VCAP_SERVICES: json }).problem).toMatch(/^Service "r" \(redis\) cannot/);
  });
});

describe('a user-provided service whose name says Redis', () => {
  it.each([
    ['host and port', { host: 'h', port: '1' }],
    ['what Azure writes', { hostname: 'h', sslPort: 1, primaryKey: 'k' }],
    ['sentinels', { sentinel_nodes: [{ hostname: 'h' }] }],
    ['what IBM writes', { connection: { rediss: { composed: ['rediss://u:p@h:1/0'] } } }],
  ])('is found by %s', (_name, credentials) => {
    const service = { name: 'my-redis', label: 'user-provided', tags: [], credentials };
    const json = JSON.stringify({ 'user-provided': [service] });

    expect(readBinding({ VCAP_SERVICES: json }).connection).toBeTruthy();
  });
});

describe('a user-provided service that only looks like Redis', () => {
  const VCAP_SERVICES = JSON.stringify({
    'user-provided': [
      {
        name: 'my-redis',
        label: 'user-provided',
        credentials: { hostnam: 'h', password: 's3cret' },
      },
    ],
  });
  const SENTENCE =
    'The service "my-redis" looks like a Redis, but its credentials have neither ' +
    'a host nor a redis:// URI (fields found: hostnam, password)';

  it('is a problem that names the missing field', () => {
    expect(readBinding({ VCAP_SERVICES })).toEqual({
      service: null,
      connection: null,
      problem: SENTENCE,
      warnings: [],
    });
  });

  it('is a warning beside a Redis that can be used', () => {
    const { connection, warnings } = readBinding({ VCAP_SERVICES, REDIS_URL: 'redis://h' });

    expect(connection).toBeTruthy();
    expect(warnings).toEqual([SENTENCE]);
  });

  it('is no warning when REDIS_SERVICE_NAME names another', () => {
    const env = { VCAP_SERVICES, REDIS_URL: 'redis://h', REDIS_SERVICE_NAME: 'REDIS_URL' };

    expect(readBinding(env).warnings).toEqual([]);
  });

  it('looks like it by the names of its fields, too', () => {
    const service = {
      name: 'x',
      label: 'user-provided',
      credentials: { VALKEY_PASSWORD: 's3cret' },
    };
    const json = JSON.stringify({ 'user-provided': [service] });

    expect(readBinding({ VCAP_SERVICES: json }).problem).toMatch(
      /"x" looks .*: VALKEY_PASSWORD\)$/,
    );
  });

  it('is found by the names of its fields when it can be used', () => {
    const service = { name: 'x', label: 'user-provided', credentials: { VALKEY_HOST: 'h' } };
    const json = JSON.stringify({ 'user-provided': [service] });

    expect(readBinding({ VCAP_SERVICES: json }).connection).toBeTruthy();
  });

  it('is used when it has an address, though something else is wrong, to say what', () => {
    const credentials = { host: 'h', ssl: 'maybe' };
    const service = { name: 'redis', label: 'user-provided', credentials };
    const VCAP_SERVICES = JSON.stringify({ 'user-provided': [service] });

    expect(readBinding({ VCAP_SERVICES })).toMatchObject({
      service: { name: 'redis' },
      problem:
        'Service "redis" (user-provided) cannot be used: the field "ssl" is not true or false',
    });
    expect(readBinding({ VCAP_SERVICES, tls_enabled: 'true' }).connection).toBeTruthy();
  });

  it('does not when it holds the password of the operator', () => {
    const service = { name: 'redis', label: 'user-provided', tags: ['operator'], credentials: {} };
    const json = JSON.stringify({ 'user-provided': [service] });

    expect(readBinding({ VCAP_SERVICES: json }).problem).toMatch(/^You must bind a Redis/);
  });
});

describe('a service of any kind', () => {
  it.each([
    ['a tag', { tags: ['redis'] }, true],
    ['a tag of many, in capitals', { tags: ['cache', 'VALKEY'] }, true],
    ['a label in capitals', { label: 'My-REDIS' }, true],
    ['a label of Valkey', { label: 'valkeys' }, true],
    ['a label of anynines', { label: 'a9s-KeyValue' }, true],
    ['a name in capitals, provided by a user', { name: 'REDIS', label: 'user-provided' }, true],
    ['a name of Valkey, provided by a user', { name: 'valkey', label: 'user-provided' }, true],
    ['a name alone', { name: 'redis' }, false],
    ['a name without a label', { name: 'redis', label: '' }, true],
    [
      'a name with nothing of Redis',
      { name: 'redis-docs', label: 'user-provided', credentials: { url: 'https://docs' } },
      false,
    ],
    [
      'the name of its binding, provided by a user',
      { label: 'user-provided', binding_name: 'redis' },
      true,
    ],
    ['a URI', { credentials: { uri: 'redis://h' } }, true],
    ['a URI in a list', { credentials: { composed: ['redis://h'] } }, true],
    ['a tag that only begins so', { tags: ['redis-client'] }, false],
    ['a tag that only ends so', { tags: ['not-redis'] }, false],
  ])('is told as a Redis by %s', (_name, fields, isRedis) => {
    const service = { name: 'x', label: 'x', credentials: { host: 'h' }, ...fields };
    const binding = readBinding({ VCAP_SERVICES: JSON.stringify({ x: [service] }) });

    expect(binding.connection !== null).toBe(isRedis);
    expect(binding.service !== null).toBe(isRedis);
  });

  it('has neither a name nor a plan when they are empty, or no text', () => {
    const service = { name: 7, plan: '', credentials: { host: 'h' } };
    const binding = readBinding({ VCAP_SERVICES: JSON.stringify({ redis: [service] }) });

    expect(binding.service).toEqual({ name: '', label: 'redis', plan: null });
  });

  it('with tags that are no texts disturbs nobody', () => {
    const odd = { name: 'x', label: 'x', tags: [{ toString: 1 }, null], credentials: {} };
    const json = JSON.stringify({ x: [odd], redis: [{ name: 'r', credentials: { host: 'h' } }] });

    expect(readBinding({ VCAP_SERVICES: json }).connection).toBeTruthy();
  });
});

describe('tls_enabled', () => {
  const credentials = { host: 'h', port: 6379, tls_port: 16379 };
  const VCAP_SERVICES = JSON.stringify({ redis: [{ name: 'r', credentials }] });

  it.each([
    ['true', 16379],
    ['false', 6379],
    [undefined, 16379],
    ['yes', 16379],
    ['no', 6379],
    ['Off', 6379],
    ['1', 16379],
    ['on', 16379],
    ['0', 6379],
    ['', 16379],
    [' FALSE ', 6379],
    [' TRUE ', 16379],
  ])('%s takes port %i', (tls_enabled, port) => {
    const { connection } = readBinding({ VCAP_SERVICES, tls_enabled });

    expect(connection).toMatchObject({ node: { host: 'h', port } });
    expect(connection!.tls === null).toBe(port === 6379);
  });
});

describe.each(['tls_enabled', 'REDIS_TLS_REJECT_UNAUTHORIZED', 'STICKY_SESSIONS'])('%s', (name) => {
  it('is refused when it is neither true nor false', () => {
    expect(() => readConfig({ [name]: 'maybe' })).toThrow(
      `${name} is "maybe", which is neither "true" nor "false"`,
    );
  });
});

describe.each(['untrue', 'onto', 'unoff', 'not'])('tls_enabled=%s', (text) => {
  it('is refused, though a part of it is a switch', () => {
    expect(() => readBinding({ tls_enabled: text })).toThrow(`tls_enabled is "${text}", which`);
  });
});

describe('REDIS_TLS_REJECT_UNAUTHORIZED', () => {
  it.each([
    [undefined, true],
    ['true', true],
    ['false', false],
    ['no', false],
  ])('%s verifies certificates: %s', (REDIS_TLS_REJECT_UNAUTHORIZED, verify) => {
    expect(readConfig({ REDIS_TLS_REJECT_UNAUTHORIZED }).trust.verify).toBe(verify);
  });
});

describe('REDIS_SERVICE_NAME', () => {
  const services = [
    { name: 'mail', tags: ['redis'], credentials: { host: 'h' } },
    { name: 'cache', tags: ['small', 'Redis'], credentials: { host: 'h' } },
  ];
  const VCAP_SERVICES = JSON.stringify({ x: services });

  it('finds a service by one of its names that matches', () => {
    const named = [{ ...services[0], instance_name: 'other', binding_name: 'mine' }];
    const env = { VCAP_SERVICES: JSON.stringify({ x: named }), REDIS_SERVICE_NAME: '/^MINE$/i' };

    expect(readBinding(env).service?.name).toBe('mail');
  });

  it.each(['mail', 'other', 'mine'])('finds a service by its name %s', (REDIS_SERVICE_NAME) => {
    const named = [services[1], { ...services[0], instance_name: 'other', binding_name: 'mine' }];
    const env = { VCAP_SERVICES: JSON.stringify({ x: named }), REDIS_SERVICE_NAME };

    expect(readBinding(env).service?.name).toBe('mail');
  });

  it.each(['x/mail/', '/mail/?'])('%s is a name, not a pattern', (REDIS_SERVICE_NAME) => {
    expect(readBinding({ VCAP_SERVICES, REDIS_SERVICE_NAME })).toMatchObject({
      service: null,
      problem:
        `REDIS_SERVICE_NAME asks for "${REDIS_SERVICE_NAME}", ` +
        'but no bound service is called so (bound: "mail", "cache")',
    });
  });

  it('says so when nothing at all is bound', () => {
    const { problem } = readBinding({ REDIS_SERVICE_NAME: 'mine' });

    expect(problem).toMatch(/asks for "mine", but .* \(bound: none\)$/);
  });

  it('is not said to find nothing where the services cannot be read', () => {
    const { problem } = readBinding({ VCAP_SERVICES: '{', REDIS_SERVICE_NAME: 'mine' });

    expect(problem).toMatch(/^VCAP_SERVICES is not/);
    expect(problem).not.toMatch(/mine/);
  });

  it('names the services of all sources when it finds none', () => {
    const env = { VCAP_SERVICES, REDIS_URL: 'redis://h', REDIS_SERVICE_NAME: 'mine' };

    expect(readBinding(env).problem).toMatch(/\(bound: "mail", "cache", "REDIS_URL"\)$/);
  });

  it('finds all that match, also with flags that go on from the last match', () => {
    const { service, warnings } = readBinding({ VCAP_SERVICES, REDIS_SERVICE_NAME: '/a/gy' });

    expect(service?.name).toBe('mail');
    expect(warnings).toEqual([expect.stringContaining('using "mail", not "cache"')]);
  });

  it('that is no regular expression is a problem', () => {
    const { problem } = readBinding({ VCAP_SERVICES, REDIS_SERVICE_NAME: '/(/' });

    expect(problem).toBe('REDIS_SERVICE_NAME is not a regular expression: /(/');
  });
});

describe('VCAP_SERVICES_FILE_PATH', () => {
  it('that names no file is a problem which names the path', () => {
    const { problem } = readBinding({ VCAP_SERVICES_FILE_PATH: '/nowhere/vcap_services' });

    expect(problem).toMatch(/VCAP_SERVICES_FILE_PATH.*\/nowhere\/vcap_services.*ENOENT/);
  });

  it('that names no JSON file is a problem which names the path and the place', () => {
    const path = import.meta.filename;
    const { problem } = readBinding({ VCAP_SERVICES_FILE_PATH: path });

    expect(problem).toMatch(/VCAP_SERVICES_FILE_PATH.*sources\.test\.ts, is not .* character 1 of/);
  });
});

describe('SERVICE_BINDING_ROOT', () => {
  it('that names no directory is a problem which names the path', () => {
    const { problem } = readBinding({ SERVICE_BINDING_ROOT: '/nowhere' });

    expect(problem).toMatch(/SERVICE_BINDING_ROOT.*\/nowhere.*ENOENT/);
  });
});

describe('REDIS_URL', () => {
  it('with a port that is none is a problem', () => {
    const { problem } = readBinding({ REDIS_URL: 'redis://h:65536' });

    expect(problem).toMatch(/^Service "REDIS_URL" .* URI is not of the form redis:/);
  });

  it('is used when nothing is bound', () => {
    expect(readBinding({ REDIS_URL: 'rediss://u:p@h:6380/2' })).toMatchObject({
      service: { name: 'REDIS_URL' },
      connection: { node: { host: 'h', port: 6380 }, database: 2, tls: { ca: [] } },
    });
  });

  it('is used when the bound services are none of Redis', () => {
    const services = '{"elephantsql":[{"name":"pg","credentials":{"uri":"postgres://h/x"}}]}';

    expect(
      readBinding({ VCAP_SERVICES: services, REDIS_URL: 'redis://h' }).connection,
    ).toBeTruthy();
  });
});
