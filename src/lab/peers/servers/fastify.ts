/** Keys and sessions with Fastify's packages and connect-redis, used as documented. */
import { parse } from 'node:querystring';
import { fastifyCookie } from '@fastify/cookie';
import { fastifySession } from '@fastify/session';
import { RedisStore } from 'connect-redis';
import { fastify, type FastifyInstance } from 'fastify';
import { createClient } from 'redis';
import { createSession, describeSession, type Session as Content } from './session-content.ts';

declare module 'fastify' {
  interface Session extends Content {}
}

type Form = Record<string, string>;

const { credentials } = JSON.parse(process.env.VCAP_SERVICES!)['redis-sb'][0];
const { host, port, password } = credentials;
const client = createClient({ socket: { host, port }, password });
client.on('error', console.error);
await client.connect();

const app = fastify();
app.addContentTypeParser<string>(
  'application/x-www-form-urlencoded',
  { parseAs: 'string' },
  (_request, body, done) => done(null, parse(body)),
);

app.get<{ Params: { key: string } }>('/:key', async (request, reply) => {
  const value = await client.get(request.params.key);
  return value === null ? reply.code(404).send('key not present') : value;
});

app.put<{ Params: { key: string }; Body: Form }>('/:key', async (request, reply) => {
  await client.set(request.params.key, String(request.body.data));
  return reply.code(201).send('success');
});

await app.register(addSessions, { prefix: '/session' });
await app.listen({ host: process.env.LISTEN_ADDRESS, port: Number(process.env.PORT) });

/** In a context of its own, as the keys need no session. */
async function addSessions(sessions: FastifyInstance) {
  await sessions.register(fastifyCookie);
  await sessions.register(fastifySession, {
    store: new RedisStore({ client, prefix: 'fastify-session:' }),
    secret: 'a secret with minimum length of 32 characters',
    cookie: { secure: false }, // the lab speaks HTTP
    rolling: process.env.ROLLING !== 'false', // the default, true, saves after every read
    saveUninitialized: false,
  });

  sessions.post<{ Body: Form }>('/sign-up', async (request, reply) => {
    const user = String(request.body.username);
    Object.assign(request.session, createSession(user));
    return reply.code(201).send({ user });
  });

  sessions.get('/me', async (request, reply) => {
    if (!request.session.user) return reply.code(401).send('not signed in');
    return describeSession(request.session);
  });

  sessions.get('/data', async (request, reply) => {
    if (!request.session.user) return reply.code(401).send('not signed in');
    return request.session.data;
  });

  sessions.put<{ Params: { field: string }; Body: Form }>(
    '/data/:field',
    async (request, reply) => {
      if (!request.session.user) return reply.code(401).send('not signed in');
      request.session.data[request.params.field] = String(request.body.data);
      return reply.code(201).send('success');
    },
  );

  sessions.post('/sign-out', async (request, reply) => {
    await request.session.destroy();
    return reply.send();
  });
}
