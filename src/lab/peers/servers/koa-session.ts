/** Keys and sessions in Koa as tutorials write it, with koa-session as its README shows it. */
import { Redis } from 'ioredis';
import Koa from 'koa';
import bodyParser from 'koa-bodyparser';
import Router from 'koa-router';
import session from 'koa-session';
import { createSession, describeSession, IDLE_TIMEOUT } from './session-content.ts';

const PREFIX = 'koa-session:';

const { credentials } = JSON.parse(process.env.VCAP_SERVICES!)['redis-sb'][0];
const redis = new Redis(credentials);

const store = {
  async get(id: string) {
    return JSON.parse((await redis.get(PREFIX + id)) ?? 'null');
  },
  async set(id: string, content: object, maxAge: number) {
    await redis.set(PREFIX + id, JSON.stringify(content), 'PX', maxAge);
  },
  async destroy(id: string) {
    await redis.del(PREFIX + id);
  },
};

const keys = new Router();

keys.get('/:key', async (ctx) => {
  const value = await redis.get(ctx.params.key!);
  ctx.status = value === null ? 404 : 200;
  ctx.body = value ?? 'key not present';
});

keys.put('/:key', bodyParser(), async (ctx) => {
  await redis.set(ctx.params.key!, formOf(ctx).data!);
  ctx.status = 201;
  ctx.body = 'success';
});

const sessions = new Router<Koa.DefaultState, Koa.DefaultContext>({ prefix: '/session' });

sessions.post('/sign-up', bodyParser(), (ctx) => {
  const user = formOf(ctx).username!;
  Object.assign(ctx.session!, createSession(user));
  ctx.status = 201;
  ctx.body = { user };
});

sessions.get('/me', (ctx) => {
  if (!ctx.session!.user) ctx.throw(401, 'not signed in');
  ctx.body = describeSession(ctx.session);
});

sessions.get('/data', (ctx) => {
  if (!ctx.session!.user) ctx.throw(401, 'not signed in');
  ctx.body = ctx.session!.data;
});

sessions.put('/data/:field', bodyParser(), (ctx) => {
  if (!ctx.session!.user) ctx.throw(401, 'not signed in');
  ctx.session!.data[ctx.params.field!] = formOf(ctx).data;
  ctx.status = 201;
  ctx.body = 'success';
});

sessions.post('/sign-out', (ctx) => {
  ctx.session = null;
  ctx.status = 200;
});

/** So that users who stay active stay signed in. It saves the session after every read. */
const rolling = process.env.ROLLING !== 'false';

const app = new Koa();
app.keys = ['some secret hurr'];
app.use(keys.routes());
// After the keys, which need no session
app.use(session({ store, maxAge: IDLE_TIMEOUT, rolling }, app));
app.use(sessions.routes());
app.listen(Number(process.env.PORT), process.env.LISTEN_ADDRESS);

function formOf(ctx: Koa.Context): Record<string, string> {
  return ctx.request.body as Record<string, string>;
}
