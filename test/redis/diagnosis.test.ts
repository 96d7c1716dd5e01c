/** Which of several servers a diagnosis believes, how often it asks them, and when it looks at their ports. */
import { createDiagnosis, type Diagnose } from '../../src/redis/diagnosis/diagnosis.ts';
import { explainServer } from '../../src/redis/diagnosis/server.ts';
import { CLOSED } from '../../src/redis/explain.ts';
import { connectTo, freePort, type RedisServer, startRedis } from '../support/redis-server.ts';
import { until } from '../support/until.ts';

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

it('leaves no connection behind', async () => {
  const redis = connectTo(server);
  await diagnosisOf(server.port, await freePort())(CLOSED);
  await until('the diagnosis has hung up', async () => {
    const clients = String(await redis.call('CLIENT', 'LIST', 'TYPE', 'normal')).trim();
    return clients.split('\n').length === 1;
  });
});

it('takes no server that answers by an error for one that is not reached', async () => {
  const redis = connectTo(server);
  await redis.cluster('ADDSLOTS', 0);
  await redis.acl('SETUSER', 'default', '-ping');
  expect(await diagnosisOf(server.port)(CLOSED)).toMatch(
    /^Redis is a Cluster that is down: it serves 1 of/,
  );
});

describe('a server without TLS that was asked over TLS', () => {
  const OVER_TLS = {};
  const explainAfter = (code: string, message = 'failed') => {
    const error = Object.assign(new Error(message), { code });
    return explainServer({ host: '127.0.0.1', port: server.port }, OVER_TLS, error);
  };
  const WITHOUT_TLS = /^Redis does not speak TLS at this port: .* tls_enabled false, and restart: /;

  it.each([
    'ETIMEDOUT',
    'EPROTO',
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  ])('is asked again without it after %s', async (code) => {
    expect(await explainAfter(code)).toMatch(WITHOUT_TLS);
  });

  it('is asked again after a connection that ended before it was secure', async () => {
    expect(await explainAfter('', 'Client network socket disconnected before secure')).toMatch(
      WITHOUT_TLS,
    );
  });

  it('is found also when it refuses the PING', async () => {
    await connectTo(server).acl('SETUSER', 'default', '-ping');
    expect(await explainAfter('EPROTO')).toMatch(WITHOUT_TLS);
  });

  it('is not asked again when the error says enough', async () => {
    expect(await explainAfter('ECONNREFUSED')).toMatch(/^Redis refuses connections/);
  });
});
