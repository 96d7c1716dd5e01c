/** The sessions of all users, as the operator sees and ends them. */
import type { Redis } from 'ioredis';
import { type App, bound, startApp } from '../support/app.ts';
import { openEvents } from '../support/events.ts';
import { fastest, SECOND } from '../support/fastest.ts';
import { fill, type Operator, OPERATOR_PASSWORD, signInOperator } from '../support/operator.ts';
import { connectTo, startRedis } from '../support/redis-server.ts';
import { until } from '../support/until.ts';
import { signIn, signUp } from '../support/user.ts';

const MINUTE = 60_000; // milliseconds

let redis: Redis;
let app: App;
let other: App;
let operator: Operator;
beforeAll(async () => {
  const server = await startRedis();
  redis = connectTo(server);
  const env = { ...bound({ host: server.host, port: server.port }), OPERATOR_PASSWORD };
  app = await startApp(env);
  other = await startApp({ ...env, CF_INSTANCE_INDEX: '1' });
  operator = await signInOperator(app);
});

async function list(from = operator) {
  const sessions: any[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { body }: any = await from.get('/operator/sessions').query({ cursor }).expect(200);
    sessions.push(...body.sessions);
    cursor = body.cursor;
  }
  return sessions;
}

describe('the list of all sessions', () => {
  it('says who signed in, where and when, and keeps the ids and the operator out', async () => {
    const user = await signUp(other);
    const [session] = (await list()).filter((each) => each.user === user.user);
    expect(session.signedInBy.index).toBe(1);
    expect(Math.abs(Date.now() - Date.parse(session.lastSeenAt))).toBeLessThan(10_000);
    expect(Date.parse(session.endsAt)).toBeGreaterThan(Date.now());
    expect(user.cookie).not.toContain(session.id);
    expect((await list()).map((each) => each.user)).not.toContain('operator');
  });

  it('says when each began and ends, and when its user was seen last', async () => {
    const user = await signUp(app);
    const [{ id }] = (await list()).filter((each) => each.user === user.user);
    await redis.pexpire(`_app:s:${id}`, 20 * MINUTE); // of 30
    const [session] = (await list()).filter((each) => each.user === user.user);
    const ago = (time: string) => Date.now() - Date.parse(time);
    expect(Math.abs(ago(session.signedInAt))).toBeLessThan(MINUTE);
    expect(Math.abs(ago(session.lastSeenAt) - 10 * MINUTE)).toBeLessThan(MINUTE);
    expect(Math.abs(ago(session.endsAt) + 12 * 60 * MINUTE)).toBeLessThan(MINUTE);
  });

  it('is that of the primary, also where a replica has nothing yet', async () => {
    const { host, port } = redis.options;
    const late = await startRedis();
    const env = bound({ host, port, reader_endpoint: `${late.host}:${late.port}` });
    const operatorThere = await signInOperator(await startApp({ ...env, OPERATOR_PASSWORD }));
    const { user } = await signUp(app);
    expect((await list(operatorThere)).map((each) => each.user)).toContain(user);
  });

  it('leaves out what is no session of this version', async () => {
    const key = `_app:s:${'x'.repeat(22)}`;
    await redis.set(key, 'not JSON', 'EX', 60);
    expect((await list()).map(({ id }) => id)).not.toContain('x'.repeat(22));
    await redis.del(key);
  });

  it('restarts no idle timeout', async () => {
    const user = await signUp(app);
    const [{ id }] = (await list()).filter((each) => each.user === user.user);
    await redis.pexpire(`_app:s:${id}`, 60_000);
    await list();
    expect(await redis.pttl(`_app:s:${id}`)).toBeLessThanOrEqual(60_000);
  });

  it('comes in pages, also among many other keys, and with large sessions', async () => {
    await fill(redis, 3000, 'filler:');
    const users = [];
    for (let i = 0; i < 3; i++) users.push((await signUp(app)).user);
    expect((await list()).map((each) => each.user)).toEqual(expect.arrayContaining(users));

    const [first] = await list();
    const [version, startedAt, lifetime, , , account] = JSON.parse(
      (await redis.get(`_app:s:${first.id}`))!,
    );
    for (let i = 0; i < 80; i++) {
      const fields = { 'data:x': JSON.stringify('x'.repeat(60_000)) };
      const record = [version, startedAt, lifetime, 'large', fields, account];
      const key = `_app:s:${String(i).padStart(22, 'L')}`;
      await redis.set(key, JSON.stringify(record), 'EX', 60);
    }
    expect((await list()).filter((each) => each.user === 'large')).toHaveLength(80);
  });
});

describe('the operator', () => {
  it('ends one session, and its open pages notice within a second', async () => {
    const user = await signUp(other);
    const [{ id }] = (await list()).filter((each) => each.user === user.user);
    const url = `http://127.0.0.1:${other.port}/instances/events`;
    const events = await openEvents(url, user.cookie);
    await events.next('session');
    await until(
      'the instance has subscribed',
      async () => Number((await redis.pubsub('NUMSUB', '_app:ended'))[1]) > 0,
    );
    const took = await fastest(async () => {
      await operator.delete(`/operator/sessions/${id}`).expect(200, { ended: 1 });
      expect(await events.next('ended')).toBe(id);
    });
    expect(took).toBeLessThan(SECOND);
    await user.at(other).get('/session/me').expect(401);
    await operator.delete(`/operator/sessions/${id}`).expect(404, 'no such session');
    expect(app.lines).toContain('The operator ended a session');
    events.close();
  });

  it('ends no session of the operator as one of a user', async () => {
    const keys = await redis.keys('_app:s:operator:*');
    for (const key of keys) {
      const handle = encodeURI(key.replace('_app:s:', ''));
      await operator.delete(`/operator/sessions/${handle}`).expect(404, 'no such session');
    }
    expect(await redis.exists(...keys)).toBe(keys.length);
  });

  it('ends all sessions of a user, and no other ones', async () => {
    const user = await signUp(app);
    const second = await signIn(other, user.user);
    const bystander = await signUp(app);
    const post = (fields: object) => operator.post('/operator/sessions/end').send(fields);
    await post({ user: user.user }).expect(200, { ended: 2 });
    expect(app.lines).toContain(`The operator ended all sessions of ${user.user}: 2`);
    await second.at(app).get('/session/me').expect(401);
    await bystander.at(app).get('/session/me').expect(200);
    await post({ user: 'unknown' }).expect(404, 'no account has the name "unknown"');
    await post({}).expect(400, 'user field missing');
  });

  it('ends the sessions of all users, after the password, and stays signed in', async () => {
    const users = [await signUp(app), await signUp(other)];
    const endAll = (fields: object) => operator.post('/operator/sessions/end-all').send(fields);
    await endAll({ password: 'wrong' }).expect(401);
    await users[0]!.at(app).get('/session/me').expect(200);
    const { text, body } = await endAll({ password: OPERATOR_PASSWORD }).expect(200);
    expect(text ?? String(body)).toMatch(/"done":true/);
    for (const user of users) await user.at(other).get('/session/me').expect(401);
    expect(await list()).toEqual([]);
    expect(app.lines.join('\n')).toMatch(/^The operator ended all sessions: \d+$/m);
    await operator.get('/operator/me').expect(200);
  });
});
