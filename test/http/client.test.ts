/** By which address a client is counted, whatever the header says, and when it has left. */
import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Context } from 'koa';
import { readAddress, signalClientLeft } from '../../src/http/client.ts';
import { readConfig } from '../../src/config.ts';
import { type App, bound, startApp } from '../support/app.ts';
import { startProgram } from '../support/program.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';

const SOCKET = '198.51.100.7';
const VCAP_APPLICATION = JSON.stringify({ name: 'my-app' });

function addressOf(forwardedFor: string | undefined, trustedProxies = 1, remoteAddress = SOCKET) {
  const message = { headers: { 'x-forwarded-for': forwardedFor }, socket: { remoteAddress } };
  return readAddress(message as unknown as IncomingMessage, trustedProxies);
}

describe('the address of a client', () => {
  it.each([
    [0, SOCKET],
    [1, '192.0.2.3'],
    [2, '192.0.2.2'],
    [3, '192.0.2.1'],
    [4, '192.0.2.1'],
  ])('behind %i proxies comes from that place in X-Forwarded-For', (proxies, address) => {
    expect(addressOf('192.0.2.1, 192.0.2.2,192.0.2.3', proxies)).toBe(address);
  });

  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.1:5678', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['[::ffff:c000:201]:5678', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::', '2001:db8:1:2::/64'],
    ['[2001:db8::1]:5678', '2001:db8::/64'],
    ['[2001:DB8::1]:5678', '2001:db8::/64'],
    ['[::ffff:192.0.2.1]:5678', '192.0.2.1'],
    ['[2001:db8::1]', '2001:db8::/64'],
    ['::1', '::/64'],
    ['fe80::1%eth0', 'fe80::/64'],
  ])('of %s is %s', (text, address) => {
    expect(addressOf(text)).toBe(address);
  });

  it.each([
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ])('of a socket from %s is %s', (remoteAddress, address) => {
    expect(addressOf(undefined, 0, remoteAddress)).toBe(address);
  });

  it.each([
    undefined,
    '',
    ',',
    '192.0.2.1,',
    'unknown',
    '1',
    '0x7f.1',
    '192.0.2.1, x',
    '[::1',
    ':1',
    'x192.0.2.1:80',
    '192.0.2.1:80x',
    'x[::1]',
    '[::1]x',
  ])('is that of the socket when X-Forwarded-For is %p', (text) => {
    expect(addressOf(text)).toBe(SOCKET);
  });

  it.each([
    ['commas', ','.repeat(16_000)],
    ['spaces', `x${' '.repeat(16_000)}x`],
    ['digits', '1'.repeat(16_000)],
    ['brackets', `[${':'.repeat(16_000)}]`],
  ])('is read in no time from a header full of %s', (_name, text) => {
    const began = performance.now();
    for (let i = 0; i < 100; i++) addressOf(text, 9);
    expect((performance.now() - began) / 100).toBeLessThan(5);
  });
});

describe('a client', () => {
  function request({ closed = false, destroyed = false }) {
    const res = Object.assign(new EventEmitter(), { closed });
    const ctx = { req: { socket: { destroyed } }, res } as unknown as Context;
    return { res, signal: signalClientLeft(ctx) };
  }

  it('has left when its answer is sent or its connection is closed, and not before', () => {
    const { res, signal } = request({});
    expect(signal.aborted).toBe(false);
    res.emit('close');
    expect(signal.aborted).toBe(true);
  });

  it.each([{ closed: true }, { destroyed: true }])('has left already: %j', (state) => {
    expect(request(state).signal.aborted).toBe(true);
  });
});

describe('TRUSTED_PROXIES', () => {
  it('is 1 on the platform, and 0 elsewhere', () => {
    expect(readConfig({ VCAP_APPLICATION }).trustedProxies).toBe(1);
    expect(readConfig({}).trustedProxies).toBe(0);
    expect(readConfig({ VCAP_APPLICATION, TRUSTED_PROXIES: '2' }).trustedProxies).toBe(2);
  });

  it.each(['', '-1', '10', '1.5', 'one', ' 1'])('cannot be "%s"', (TRUSTED_PROXIES) => {
    expect(() => readConfig({ TRUSTED_PROXIES })).toThrow(
      `TRUSTED_PROXIES is "${TRUSTED_PROXIES}", which is not a number of proxies from 0 to 9`,
    );
  });
});

describe('behind a load balancer and the platform’s router', () => {
  const LOAD_BALANCER = '10.0.0.1';
  const OWNER = '192.0.2.1';
  const STRANGER = '203.0.113.9';
  const PASSWORD = 'correct horse battery staple';
  let server: RedisServer;
  let app: App;
  beforeAll(async () => {
    server = await startRedis();
    app = await startApp({ ...environment(), TRUSTED_PROXIES: '2' });
  });

  function environment() {
    return { ...bound({ host: server.host, port: server.port }), VCAP_APPLICATION };
  }

  const post = (path: string, client: string, password: string) =>
    app.http
      .post(`/session/${path}`)
      .set('X-Forwarded-For', `${client}, ${LOAD_BALANCER}`)
      .send({ username: 'alice', password });

  it('wrong passwords from elsewhere do not lock the owner out at a known address', async () => {
    await post('sign-up', OWNER, PASSWORD).expect(201);
    for (let i = 0; i < 10; i++) {
      await post('sign-in', `${OWNER}, ${STRANGER}`, `wrong horse ${i}`).expect(401);
    }

    await post('sign-in', `${OWNER}, ${STRANGER}`, PASSWORD).expect(429);
    await post('sign-in', OWNER, PASSWORD).expect(200);
    await post('sign-in', `${STRANGER}, ${OWNER}`, PASSWORD).expect(200);
    expect(app.lines).toContain(`Sign-in throttled: alice from ${STRANGER}`);
  });

  it('a thousand other header lines hide neither the address nor the scheme', async () => {
    const program = await startProgram({ ...environment(), TRUSTED_PROXIES: '2' });
    const lines = Array(1000).fill('a: 1\r\n').join('');
    const body = JSON.stringify({ username: 'bob', password: PASSWORD });
    const socket = connect(program.port, '127.0.0.1');
    socket.write(
      `POST /session/sign-up HTTP/1.1\r\nHost: x\r\nConnection: close\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n${lines}` +
        `X-Forwarded-For: 192.0.2.77, ${LOAD_BALANCER}\r\nX-Forwarded-Proto: https\r\n` +
        `${lines}\r\n${body}`,
    );

    let answer = '';
    for await (const chunk of socket.setEncoding('utf8')) answer += chunk;
    expect(answer).toMatch(/^HTTP\/1\.1 201 Created\r\n[^]*set-cookie: __Host-session=/i);
    expect(program.lines).toContain('Sign-up of bob from 192.0.2.77');
  });

  it('without a proxy, X-Forwarded-For is anybody’s to write, and counts for nothing', async () => {
    const direct = await startApp({ ...environment(), TRUSTED_PROXIES: '0' });
    await direct.http
      .post('/session/sign-up')
      .set('X-Forwarded-For', OWNER)
      .set('X-Forwarded-Proto', 'https')
      .send({ username: 'carol', password: PASSWORD })
      .expect(201)
      .expect('Set-Cookie', /^session=/);
    expect(direct.lines).toContain('Sign-up of carol from 127.0.0.1');
  });
});
