/** People with accounts, and the browsers in which they are signed in. */
import type { Redis } from 'ioredis';
import request from 'supertest';

export const PASSWORD = 'correct horse battery staple';

let users = 0;

/** A browser with a session; it asks whatever app it is told to. */
export interface Browser {
  user: string;
  cookie: string;
  at(app: { port: number }): ReturnType<typeof request.agent>;
}

/** Somebody new, signed in at that app. */
export function signUp(app: { port: number }, user = `user-${++users}`): Promise<Browser> {
  return begin(app, 'sign-up', user);
}

/** Another browser of somebody's, or the same one anew when its cookie is given. */
export function signIn(app: { port: number }, user: string, cookie?: string): Promise<Browser> {
  return begin(app, 'sign-in', user, cookie);
}

/** The id of somebody's account, as Redis holds it. */
export async function accountIdOf(redis: Redis, user: string): Promise<string> {
  return JSON.parse((await redis.get(`_app:a:${user}`))!).id;
}

async function begin({ port }: { port: number }, path: string, user: string, sent = '') {
  const response = await request(`http://127.0.0.1:${port}`)
    .post(`/session/${path}`)
    .set('Cookie', sent)
    .type('form')
    .send({ username: user, password: PASSWORD });
  if (!response.ok) throw new Error(`${path} of ${user}: ${response.status} ${response.text}`);

  const cookie = response.headers['set-cookie']![0]!.split(';')[0]!;
  return {
    user,
    cookie,
    at: (app: { port: number }) =>
      request.agent(`http://127.0.0.1:${app.port}`).set('Cookie', cookie),
  };
}
