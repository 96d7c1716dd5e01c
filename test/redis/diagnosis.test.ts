/** Which of several servers a diagnosis believes, and how often it asks them. */
import { createDiagnosis, type Diagnose } from '../../src/redis/diagnosis/diagnosis.ts';
import { CLOSED } from '../../src/redis/explain.ts';
import { connectTo, freePort, type RedisServer, startRedis } from '../support/redis-server.ts';

const PAUSE = 2000; // milliseconds
const AWAY = /^Redis has no cluster node that answers/;
const WITHOUT_SLOTS = /^Redis is a Cluster that is down/;

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis({ args: ['--cluster-enabled', 'yes'] });
});

function diagnosisOf(...ports: number[]): Diagnose {
  const nodes = ports.map((port) => ({ host: '127.0.0.1', port }));
  const login = { username: null, password: null };
  return createDiagnosis({ kind: 'cluster', nodes, login, database: 0, tls: null }, undefined);
}

it('is that of a server that answers, where others do not', async () => {
  for (const ports of [
    [await freePort(), server.port],
    [server.port, await freePort()],
  ])
    expect(await diagnosisOf(...ports)(CLOSED)).toMatch(WITHOUT_SLOTS);
});

it('is made anew, but not more often than every two seconds', async () => {
  const diagnose = diagnosisOf(server.port);
  const began = performance.now();
  await server.stop();
  expect(await diagnose(CLOSED)).toMatch(AWAY);
  const asked = performance.now();
  await server.restart();

  const now = jest.spyOn(performance, 'now');
  try {
    now.mockReturnValue(began + PAUSE - 1);
    expect(await diagnose(CLOSED)).toMatch(AWAY);
    now.mockReturnValue(asked + PAUSE);
    expect(await diagnose(CLOSED)).toMatch(WITHOUT_SLOTS);
  } finally {
    now.mockRestore();
  }
});

it('takes no server that answers by an error for one that is not reached', async () => {
  const redis = connectTo(server);
  await redis.cluster('ADDSLOTS', 0);
  await redis.acl('SETUSER', 'default', '-ping');
  expect(await diagnosisOf(server.port)(CLOSED)).toMatch(
    /^Redis is a Cluster that is down: it serves 1 of/,
  );
});
