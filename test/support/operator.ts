/** The operator, who signs in with a password and keeps the cookie. */
import type { Redis } from 'ioredis';
import request from 'supertest';
import { bound, startApp } from './app.ts';
import { connectTo, startRedis } from './redis-server.ts';

export const OPERATOR_PASSWORD = 'four random words here';

export type Operator = ReturnType<typeof request.agent>;

/** Signs in at an app that was started with OPERATOR_PASSWORD. */
export async function signInOperator({ port }: { port: number }): Promise<Operator> {
  const operator = request.agent(`http://127.0.0.1:${port}`);
  const signIn = operator.post('/operator/sign-in').type('form');
  await signIn.send({ password: OPERATOR_PASSWORD }).expect(200);
  return operator;
}

/** Starts a Redis and an app that has it bound, and signs the operator in. */
export async function startForOperator() {
  const server = await startRedis();
  const { host, port } = server;
  const app = await startApp({ ...bound({ host, port }), OPERATOR_PASSWORD });
  return { redis: connectTo(server), app, operator: await signInOperator(app) };
}

/** Returns the cookie of a session of its own. */
export async function signInForCookie({ port }: { port: number }): Promise<string> {
  const body = new URLSearchParams({ password: OPERATOR_PASSWORD });
  const { headers } = await fetch(`http://127.0.0.1:${port}/operator/sign-in`, {
    method: 'POST',
    body,
  });
  return headers.getSetCookie()[0]!.split(';')[0]!;
}

/** Stores so many keys, `prefix0` and so on, at the server: that takes this process no time. */
export async function fill(redis: Redis, count: number, prefix: string): Promise<void> {
  const script = "for i = 0, ARGV[1] - 1 do redis.call('SET', ARGV[2] .. i, i) end";
  await redis.eval(script, 0, count, prefix);
}
