/** What people do with the app, whatever Redis it has. */
import type { App } from './app.ts';
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
