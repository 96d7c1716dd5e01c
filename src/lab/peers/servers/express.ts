/** Keys and sessions with the packages of most Express apps, used as documented. */
import { RedisStore } from 'connect-redis';
import express from 'express';
import session from 'express-session';
import { createClient } from 'redis';
import { createSession, describeSession } from './session-content.ts';

const { credentials } = JSON.parse(process.env.VCAP_SERVICES!)['redis-sb'][0];
const { host, port, password } = credentials;
const client = createClient({ socket: { host, port }, password });
client.on('error', console.error);
await client.connect();

const app = express();

app.get('/:key', async (request, response) => {
  const value = await client.get(request.params.key);
  if (value === null) return void response.status(404).type('text').send('key not present');
  response.type('text').send(value);
});

app.put('/:key', express.urlencoded(), async (request, response) => {
  await client.set(request.params.key, String(request.body.data));
  response.status(201).type('text').send('success');
});

// After the keys, which need no session
app.use(
  session({
    store: new RedisStore({ client, prefix: 'express-session:' }),
    resave: false,
    saveUninitialized: false,
    secret: 'keyboard cat',
  }),
);

app.post('/session/sign-up', express.urlencoded(), (request, response) => {
  const user = String(request.body.username);
  Object.assign(request.session, createSession(user));
  response.status(201).json({ user });
});

app.get('/session/me', (request, response) => {
  if (!request.session.user) return void response.status(401).send('not signed in');
  response.json(describeSession(request.session));
});

app.get('/session/data', (request, response) => {
  if (!request.session.user) return void response.status(401).send('not signed in');
  response.json(request.session.data);
});

app.put('/session/data/:field', express.urlencoded(), (request, response) => {
  if (!request.session.user) return void response.status(401).send('not signed in');
  request.session.data[request.params.field] = String(request.body.data);
  response.status(201).send('success');
});

app.post('/session/sign-out', (request, response) => {
  request.session.destroy((error) => response.status(error ? 503 : 200).end());
});

app.listen(Number(process.env.PORT), process.env.LISTEN_ADDRESS!);
