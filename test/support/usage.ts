/** What people do with the app, whatever Redis it has. */
import type { App } from './app.ts';
import { OPERATOR_PASSWORD, signInOperator } from './operator.ts';
import { signIn, signUp } from './user.ts';

/** Many, for every primary of a Cluster to have some. */
export async function useKeys(app: App): Promise<void> {
  for (let i = 0; i < 20; i++) {
    const put = app.http.put(`/key-${i}`).type('form');
    await put.send(`data=value-${i}`).expect(201, 'success');
    await app.http.get(`/key-${i}`).expect(200, `value-${i}`);
  }
  await app.http.delete('/key-0').expect(200, 'success');
  await app.http.get('/key-0').expect(404);
}

/** At an app, and at another instance that knows nothing but Redis. */
export async function useSessions(app: App, other: App): Promise<void> {
  const browser = await signUp(app);
  const field = browser.at(app).put('/session/data/color').type('form');
  await field.send('data=blue').expect(201);
  await browser.at(other).get('/session/data').expect(200, { color: 'blue' });

  const second = await signIn(other, browser.user);
  const { body: sessions } = await browser.at(app).get('/session/list').expect(200);
  expect(sessions).toHaveLength(2);
  await browser.at(app).post('/session/sign-out-everywhere').expect(200, { ended: 2 });
  await second.at(other).get('/session/me').expect(401);
}

/**
 * What the operator does, whatever Redis the app has: call it after useKeys. Returns the nodes that
 * answered.
 */
export async function useOperator(app: App): Promise<{ node: string; role: string }[]> {
  const operator = await signInOperator(app);
  const get = async (path: string) => (await operator.get(`/operator/${path}`).expect(200)).body;

  const found: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: any = await get(`keys?match=key-*&cursor=${encodeURIComponent(cursor)}`);
    found.push(...page.keys.map(({ key }: { key: string }) => key));
    cursor = page.cursor;
  }
  const keys = Array.from({ length: 19 }, (_, i) => `key-${i + 1}`);
  expect(found.sort()).toEqual(keys.sort());
  for (const key of keys.slice(0, 3)) {
    const value = key.replace('key', 'value');
    const copies = await get(`keys/${key}/copies`);
    for (const copy of copies) expect(copy).toMatchObject({ key, value, ttl: null });
    expect(await get(`keys/${key}`)).toMatchObject({ value, role: 'primary' });
    const role = copies.length > 1 ? 'replica' : 'primary';
    expect(await get(`keys/${key}?at=replica`)).toMatchObject({ value, role });
    expect((await get(`keys?match=${key}`)).keys).toMatchObject([{ key, role }]);
    expect((await get(`keys?match=[${key[0]}]${key.slice(1)}`)).keys).toMatchObject([
      { key, role },
    ]);
  }

  await operator.put('/operator/keys/own:list').send({ type: 'list', value: 'a' }).expect(201);
  await operator.post('/operator/keys/own:list/elements').send({ value: 'b' }).expect(201);
  expect((await get('keys/own:list')).elements).toHaveLength(2);
  const command = { command: 'LRANGE own:list 0 -1\nLLEN own:list' };
  const { body } = await operator.post('/operator/command').send(command).expect(200);
  expect(body.replies[1].reply).toBe('(integer) 2');
  await operator
    .post('/operator/delete')
    .send({ keys: ['own:list'] })
    .expect(200, { deleted: 1 });

  const user = await signUp(app);
  const { sessions } = await get('sessions');
  expect(sessions.map((session: { user: string }) => session.user)).toContain(user.user);
  await operator.post('/operator/sessions/end').send({ user: user.user }).expect(200, { ended: 1 });
  await user.at(app).get('/session/me').expect(401);

  const doomed = { match: 'key-*', most: 19, password: OPERATOR_PASSWORD };
  const deleted = await operator.post('/operator/delete-matching').send(doomed).expect(200);
  expect(deleted.text ?? String(deleted.body)).toMatch(/"done":true.*"changed":19/);

  const nodes = await get('redis');
  for (const { problem } of nodes) expect(problem).toBeNull();
  return nodes;
}
