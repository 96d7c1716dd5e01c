/** A Redis user with no more rights than the app needs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { type App, bound, startApp } from '../support/app.ts';
import { openEvents } from '../support/events.ts';
import { connectTo, type RedisServer, startRedis } from '../support/redis-server.ts';
import { type Operator, OPERATOR_PASSWORD, signInOperator } from '../support/operator.ts';
import { useKeys, useOperator } from '../support/usage.ts';
import { connectWithPassword, startCluster } from '../support/topologies.ts';
import { until } from '../support/until.ts';
import { PASSWORD, signIn, signUp } from '../support/user.ts';

/** The very rule of docs/redis.md. */
const DOCUMENT = readFileSync(join(__dirname, '../../docs/redis.md'), 'utf8');
const RULE = /^ACL SETUSER app on >PASSWORD (.*)$/m.exec(DOCUMENT)![1]!;

/** What it adds to the rule for a feature. */
function rightsFor(feature: string): string {
  const [, rights] = new RegExp(
    `^To that,[^.]*${feature}(?: adds| there)? \`(\\+[^\`]+)\``,
    'm',
  ).exec(DOCUMENT.replaceAll(/,\n/g, ', '))!;
  return rights!;
}

let server: RedisServer;
let admin: Redis;
let app: App;
beforeAll(async () => {
  server = await startRedis();
  admin = connectTo(server);
  await setUser(RULE);
  app = await startApp(bound({ host: server.host, port: server.port, ...LOGIN }));
});
beforeEach(() => admin.acl('LOG', 'RESET'));

const LOGIN = { username: 'app', password: 's3cret' };

async function setUser(rule: string, redis = admin) {
  await redis.acl('SETUSER', 'app', 'reset', 'on', '>s3cret', ...rule.split(' '));
}

describe('a user with the rights of docs/redis.md', () => {
  it('stores, reads and removes keys', async () => {
    await put('/public:foo').expect(201, 'success');
    await app.http.get('/public:foo').expect(200, 'value');
    await app.http.delete('/public:foo').expect(200, 'success');
    await admin.rpush('public:list', 'item');
    await app.http.get('/public:list').expect(409, 'the key holds a list, not a string');
    expect(await deniedTo()).toEqual([]);
  });

  it('signs up and in, lists sessions, ends them, and hears of their ends', async () => {
    const browser = await signUp(app);
    const second = await signIn(app, browser.user);
    const events = await openEvents(`http://127.0.0.1:${app.port}/instances/events`, second.cookie);
    expect(await events.next('session')).toEqual({ user: browser.user });
    await until(
      'the instance has subscribed',
      async () => (await admin.pubsub('NUMSUB', '_app:ended'))[1] === 1,
    );
    const field = browser.at(app).put('/session/data/color').type('form');
    await field.send('data=blue').expect(201);
    await browser.at(app).get('/session/data').expect(200, { color: 'blue' });
    const { body: sessions } = await browser.at(app).get('/session/list').expect(200);
    expect(sessions).toHaveLength(2);
    const { id } = sessions.find(({ current }: { current: boolean }) => !current);
    await browser.at(app).delete(`/session/list/${id}`).expect(200, { ended: 1 });
    expect(await events.next('ended')).toBe(id);
    events.close();
    await browser.at(app).post('/session/sign-out-everywhere').expect(200, { ended: 1 });
    expect(await deniedTo()).toEqual([]);
  });

  it('signs out everywhere without an index, changes a password and deletes an account', async () => {
    const browser = await signUp(app);
    await admin.del(...(await admin.keys('_app:u:*')));
    await browser.at(app).post('/session/sign-out-everywhere').expect(200, { ended: 1 });
    const old = { username: browser.user, password: PASSWORD };
    const post = (path: string, fields: object) => app.http.post(`/session/${path}`).send(fields);
    const next = `${PASSWORD}!`;
    await post('change-password', { ...old, 'new-password': next }).expect(200);
    await post('delete-account', { ...old, password: next }).expect(200);
    expect(await deniedTo()).toEqual([]);
  });

  it('shows the instances and the server, and leaves', async () => {
    await app.http.get('/instances/list').expect(200);
    const { body } = await app.http.get('/').set('Accept', 'application/json').expect(200);
    expect(body.redis).toMatchObject({ username: 'app', server: { role: 'primary' }, error: null });
    const { host, port } = server;
    const other = await startApp(bound({ host, port, ...LOGIN }));
    await other.stop();
    expect(await deniedTo()).toEqual([]);
  });
});

describe('the operator of a user with few rights', () => {
  let operator: Operator;
  beforeAll(async () => {
    const { host, port } = server;
    const room = await startApp({ ...bound({ host, port, ...LOGIN }), OPERATOR_PASSWORD });
    operator = await signInOperator(room);
    await admin.rpush('public:list', 'a');
    await admin.set('public:text', 'value');
    await admin.set('private:text', 'value');
  });
  afterAll(() => setUser(RULE));

  const get = async (path: string) => (await operator.get(`/operator/${path}`).expect(200)).body;

  it('reads in each part which right it lacks, and uses the others', async () => {
    const { keys, lacks } = await get('keys');
    const text = keys.find(({ key }: { key: string }) => key === 'public:text');
    expect(text).toMatchObject({ type: 'string', length: 5, memory: null });
    const hidden = keys.find(({ key }: { key: string }) => key === 'private:text');
    expect(hidden).toMatchObject({ type: null, length: null });
    expect(lacks.join()).toMatch(/can add \+memory\|usage .*can add \+llen /);
    expect(await get('keys/public:text')).toMatchObject({ value: 'value' });
    await operator.get('/operator/keys/public:list').expect(501, /can add \+lrange to its rule/);

    const [{ answer }] = await get('redis');
    expect(answer.info.memory).toHaveProperty('used_memory');
    expect((await get('redis/slow-log'))[0].problem).toMatch(/can add \+slowlog\|get/);
    expect((await get('redis/clients'))[0].problem).toMatch(/can add \+client\|list/);
    expect((await get('redis/rights'))[0].answer.problem).toMatch(/can add \+acl\|whoami/);
    expect((await get('sessions')).of).toBeGreaterThan(0);
    const command = operator.post('/operator/command').send({ command: 'GET public:text' });
    await command.expect(501, /can add \+command\|info/);

    await setUser(`${RULE} +acl|whoami +acl|dryrun`);
    const [{ answer: may }] = await get('redis/rights');
    expect(may).toMatchObject({ user: 'app', problem: null });
    expect(may.rights).toContainEqual({
      part: 'keys',
      command: 'SCAN',
      allowed: true,
      rule: '+scan',
    });
    expect(may.rights).toContainEqual({
      part: 'keys',
      command: 'MEMORY USAGE',
      allowed: false,
      rule: '+memory|usage',
    });

    await setUser(`${RULE} +command|info +command|getkeys`);
    const transaction = { command: 'SET public:a 1\nSET public:b 1', write: 'yes' };
    await operator
      .post('/operator/command')
      .send(transaction)
      .expect(501, /can add \+multi/);
    expect(await admin.exists('public:a', 'public:b')).toBe(0);
  });

  it('uses all parts with the rights of docs/redis.md, and Redis refuses nothing', async () => {
    const [, rights] = /operator's room.*?```\n(.*?)\n```/s.exec(DOCUMENT)!;
    await setUser([RULE.replaceAll('public:', ''), rights].join(' '));
    const { host, port } = server;
    const env = bound({ host, port, ...LOGIN });
    const room = await startApp({ ...env, OPERATOR_PASSWORD });
    await admin.acl('LOG', 'RESET');
    await useKeys(room);
    await useOperator(room);
    for (const part of ['commands', 'slow-log', 'clients', 'rights']) {
      for (const { problem } of await get(`redis/${part}`)) expect(problem).toBeNull();
    }
    const [{ answer }] = await get('redis/rights');
    const lacking = answer.rights.filter(({ allowed }: { allowed: boolean }) => !allowed);
    expect(lacking).toEqual([]);
    expect(await deniedTo()).toEqual([]);
  });
});

describe('the rights that docs/redis.md adds', () => {
  it('are enough for a Cluster, for reads from replicas and for waiting for them', async () => {
    const { primaries, replicas } = await startCluster();
    const admins = [...primaries, ...replicas].map((node) => connectWithPassword(node));
    const features = ['a Cluster', '`REDIS_READS`', '`REDIS_WAIT_REPLICAS`'];
    const rule = [RULE, ...features.map(rightsFor)].join(' ');
    for (const each of admins) await setUser(rule, each);
    const { host, port } = primaries[0]!;
    const env = { REDIS_READS: 'replica', REDIS_WAIT_REPLICAS: '1' };
    const ofCluster = await startApp({
      ...bound({ host, port, cluster_mode: true, ...LOGIN }),
      ...env,
    });

    await untilConfirmed(() => store('/public:foo', ofCluster));
    await ofCluster.http.get('/public:foo').expect(200, 'value');
    const browser = await untilConfirmed(() => signUp(ofCluster));
    await browser.at(ofCluster).get('/session/me').expect(200);
    for (const each of admins) expect(await deniedTo(each)).toEqual([]);
  });

  it('are enough for a database, and for GET /config/:item', async () => {
    await setUser([RULE, ...['a database', '`GET /config/:item`'].map(rightsFor)].join(' '));
    const { host, port } = server;
    const ofDatabase = await startApp(bound({ host, port, database: 1, ...LOGIN }));

    await put('/public:foo', ofDatabase).expect(201, 'success');
    await ofDatabase.http.get('/config/maxmemory').expect(200, '0');
    expect(await deniedTo()).toEqual([]);
    await setUser(RULE);
  });
});

describe('a right that is missing', () => {
  afterEach(() => setUser(RULE));

  it('to run a command is named, with the rule to add', async () => {
    await setUser(RULE.replace(' +set', ''));
    await put('/public:foo').expect(
      503,
      /right to run SET\. The operator can add \+set to its rule \(ACL SETUSER\)/,
    );
  });

  it('to run a command of a script is told, by its name where Redis names it', async () => {
    await setUser(RULE.replace(' +zadd', ''));
    await expect(signUp(app)).rejects.toThrow(
      /right to run ZADD\. The operator can add \+zadd|right to a command that this app runs in a script\. docs\/redis\.md has the rule/,
    );
  });

  it('to a key is named, but the key is not', async () => {
    const { text } = await put('/private:foo').expect(503);
    expect(text).toMatch(/right to this key\. The operator can add a pattern for it, like ~\*/);
    expect(text).not.toMatch(/private/);
  });

  it("to the app's own keys is told from that", async () => {
    await setUser(RULE.replace(' ~_app:*', ''));
    await expect(signUp(app)).rejects.toThrow(
      /keys of the app's own\. The operator can add ~_app:/,
    );
  });
});

/** Throws what the app answers when it has not stored the value. */
async function store(path: string, at: App): Promise<string> {
  const { status, text } = await put(path, at);
  if (status !== 201) throw new Error(text);
  return text;
}

function put(path: string, { http } = app) {
  return http.put(path).type('form').send({ data: 'value' });
}

/** What Redis has refused. */
async function deniedTo(redis = admin): Promise<unknown[]> {
  const entries = (await redis.acl('LOG')) as unknown as unknown[][];
  return entries.map((entry) => entry[entry.indexOf('object') + 1]);
}

/** On a busy machine, a replica may take longer than the 150 ms that a write waits for it. */
function untilConfirmed<Result>(write: () => PromiseLike<Result>): Promise<NonNullable<Result>> {
  return until('a replica confirms a write', async () => {
    try {
      return await write();
    } catch (error) {
      if (/the write is in Redis/.test((error as Error).message)) return null;
      throw error;
    }
  });
}
