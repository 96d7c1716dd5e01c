/** Slots of a Cluster move to another primary while people are at work. */
import { moveSlots } from '../../src/lab/faults/redis-operations.ts';
import { HOST, type Server } from '../../src/lab/redis/servers.ts';
import { startRedis } from '../../src/lab/redis/topologies.ts';
import { type App, bound, startApp } from '../support/app.ts';
import { useServers } from '../support/redis-server.ts';
import { useKeys, useSessions } from '../support/usage.ts';
import { signUp } from '../support/user.ts';

let nodes: ReadonlyMap<string, Server>;
let app: App;
let other: App;
beforeAll(async () => {
  const servers = await useServers();
  nodes = servers.byName;
  const { credentials } = await startRedis('cluster', servers);
  [app, other] = [await startApp(bound(credentials)), await startApp(bound(credentials))];
});

it('fails no request while they move', async () => {
  let isMoving = true;
  const [from, to] = [nodes.get('redis/0')!, nodes.get('redis/1')!];
  const moved = moveSlots(from, to, 1000).finally(() => (isMoving = false));

  while (isMoving) {
    await useKeys(app);
    await useSessions(app, other);
  }
  await moved;
});

it('finds keys and sessions that have gone before anybody was told', async () => {
  const browser = await signUp(app);
  await app.http.put('/foo').type('form').send({ data: 'bar' }).expect(201);
  await sendKeysAhead();
  const asked = await Promise.allSettled([...nodes.values()].map((node) => node.ask('GET', 'foo')));
  expect(
    asked.map((answer) => String(answer.status === 'rejected' && answer.reason)),
  ).toContainEqual(expect.stringContaining('ASK '));

  await app.http.get('/foo').expect(200, 'bar');
  await app.http.put('/foo').type('form').send({ data: 'new', ttl: 60 }).expect(201);
  await app.http.get('/foo').expect(200, 'new');
  await app.http.delete('/foo').expect(200);
  const field = browser.at(other).put('/session/data/color').type('form');
  await field.send({ data: 'blue' }).expect(201);
  await browser.at(app).get('/session/data').expect(200, { color: 'blue' });
  const { body: sessions } = await browser.at(app).get('/session/list').expect(200);
  expect(sessions).toHaveLength(1);
  await browser.at(app).post('/session/sign-out-everywhere').expect(200, { ended: 1 });
  await browser.at(other).get('/session/me').expect(401);
});

/** Every key goes to the next primary; its slot stays, so that each request is sent on (ASK). */
async function sendKeysAhead(): Promise<void> {
  const primaries = [0, 1, 2].map((number) => nodes.get(`redis/${number}`)!);
  const next = (index: number) => primaries[(index + 1) % primaries.length]!;
  const keys = await Promise.all(primaries.map((one) => one.ask('KEYS', '*') as Promise<string[]>));
  for (const [index, from] of primaries.entries()) {
    const to = next(index);
    const [source, target] = await Promise.all([from, to].map((one) => one.ask('CLUSTER', 'MYID')));
    for (const key of keys[index]!) {
      const slot = (await from.ask('CLUSTER', 'KEYSLOT', key)) as number;
      await to.ask('CLUSTER', 'SETSLOT', slot, 'IMPORTING', String(source));
      await from.ask('CLUSTER', 'SETSLOT', slot, 'MIGRATING', String(target));
      await from.ask('MIGRATE', HOST, to.port, key, 0, 1000, 'AUTH', to.password);
    }
  }
}
