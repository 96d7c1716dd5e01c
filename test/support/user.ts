/** Users with accounts, and the browsers in which they are signed in. */
import type { Redis } from 'ioredis';
import request from 'supertest';

export const PASSWORD = 'correct horse battery staple';

let users = 0;

/** A browser with a session, which sends requests to any instance of the app. */
export interface Browser {
  user: string;
  cookie: string;
  at(app: { port: number }): ReturnType<typeof request.agent>;
}

/** Signs up a new user. */
export function signUp(app: { port: number }, user = `user-${++users}`): Promise<Browser> {
  return begin(app, 'sign-up', user);
}

/** Signs a user in, in another browser, or in the same one when its cookie is given. */
export function signIn(app: { port: number }, user: string, cookie?: string): Promise<Browser> {
  return begin(app, 'sign-in', user, cookie);
}

/** Returns the id of a user's account from Redis. */
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
