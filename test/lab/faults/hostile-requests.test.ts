/** Every kind of hostile request, sent to the real app: none of them gets far. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { hostileRequest } from '../../../src/lab/faults/attacks/hostile-requests.ts';
import { type App, bound, startApp } from '../../support/app.ts';
import { type RedisServer, startRedis } from '../../support/redis-server.ts';

const KINDS = 14;

let redis: RedisServer;
let app: App;
beforeAll(async () => {
  redis = await startRedis();
  app = await startApp(bound(redis));
});

/** The status line of the answer; nothing while the app waits for more. */
async function send(request: Buffer | string): Promise<string> {
  const socket = connect(app.port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
  socket.on('error', () => {}); // a reset is an answer too
  socket.write(request);
  socket.end();
  await once(socket, 'close');
  return answer.split('\r\n')[0]!;
}

it.each(Array.from({ length: KINDS }, (_, i) => i))('number %i gets no 5xx', async (number) => {
  expect(await send(hostileRequest(number))).not.toMatch(/^HTTP\/1\.1 5/);
  await app.http.get('/status/health').expect(200);
});

it('stores nothing but what a form may store', async () => {
  await app.http.get('/key').expect(404);
});
