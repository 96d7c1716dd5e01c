/** The program as the platform runs it: environment, log, signals. */
import { Agent, type IncomingMessage, request } from 'node:http';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../src/cloudfoundry/sources.ts';
import { bound } from './support/app.ts';
import { stopAtEnd } from './support/cleanup.ts';
import { startProgram } from './support/program.ts';
import { lightApp } from './support/light-app.ts';
import { connectTo, startRedis } from './support/redis-server.ts';
import { formRequest, send } from './support/stranger.ts';
import { until } from './support/until.ts';

type Program = Awaited<ReturnType<typeof startProgram>>;

const start = (env: Environment) => startProgram({ ...lightApp, ...env });

/** Connections that are idle when the server closes, or soon after, are gone by then. */
const LATE = 500; // milliseconds

/** It takes 8 seconds, in which the other tests run. */
let leaving: ReturnType<typeof leaveWithoutAnswer>;
beforeAll(async () => {
  const { host, port } = await startRedis();
  leaving = leaveWithoutAnswer(await start(bound({ host, port })));
});

describe('at its start, the program', () => {
  it('says where it listens and what it is connected to, without a secret', async () => {
    const { host, port, password } = await startRedis({ password: 's3cret' });
    const guid = '12345678-aaaa-bbbb-cccc-1234567890ab';
    const program = await start({
      ...bound({ host, port, password }),
      VCAP_APPLICATION: JSON.stringify({ name: 'my-app' }),
      CF_INSTANCE_INDEX: '1',
      CF_INSTANCE_GUID: guid,
    });

    expect(program.lines).toEqual([
      `Redis is connected: standalone 127.0.0.1:${port} without TLS`,
      `my-app 1/12345678 listens on port ${program.port}`,
    ]);
    const { headers } = await fetch(`${program.url}/status/ready`);
    expect(headers.get('x-app-instance')).toBe('1/12345678');
    expect(headers.get('keep-alive')).toBe('timeout=95');
  });

  it.each([
    ['nothing is bound', {}, /^No Redis service is bound$/],
    [
      'VCAP_SERVICES is broken',
      { VCAP_SERVICES: '{"s3cret' },
      /^VCAP_SERVICES is not a JSON object/,
    ],
    ['VCAP_SERVICES is empty', { VCAP_SERVICES: '' }, /^VCAP_SERVICES is empty/],
    ['VCAP_APPLICATION is broken', { VCAP_APPLICATION: '{"s3cret' }, /^No Redis service is bound$/],
    ['a field is unreadable', bound({ host: 'h', port: 's3cret' }), /"port" is not a port/],
  ])('goes on when %s, and says so', async (_name, env, line) => {
    const program = await start(env);

    expect((await fetch(`${program.url}/status/health`)).status).toBe(200);
    expect(program.lines).toContainEqual(expect.stringMatching(line));
    expect(program.lines.join('\n')).not.toMatch(/s3cret/);
  });

  it('says once that a password is not needed, however often it connects', async () => {
    const { host, port } = await startRedis({ args: ['--replicaof', '127.0.0.1 1'] });
    const program = await start(bound({ host, port, password: 's3cret' }));
    const connections = () => redis.info('stats').then((text) => /received:(\d+)/.exec(text)![1]);
    const redis = connectTo({ port });
    await until('it has connected anew', async () => Number(await connections()) > 3);

    expect(program.lines.filter((line) => line.startsWith('[WARN]'))).toHaveLength(1);
  });

  it('warns aloud when it is told to accept any certificate', async () => {
    const program = await start({ REDIS_TLS_REJECT_UNAUTHORIZED: 'false' });

    expect(program.lines[0]).toMatch(/^WARNING: .*ANY CERTIFICATE/);
  });

  it('listens on LISTEN_ADDRESS only', async () => {
    const program = await start({ LISTEN_ADDRESS: '127.0.0.2' });

    const there = `http://127.0.0.2:${program.port}/status/health`;
    expect((await fetch(there)).status).toBe(200);
    await expect(fetch(`${program.url}/status/health`)).rejects.toThrow();
  });

  it.each([
    [{ PORT: 'eighty' }, 'PORT is "eighty", which is not a port number from 0 to 65535'],
    [
      { SESSION_IDLE_TIMEOUT: '30m' },
      'SESSION_IDLE_TIMEOUT is "30m", which is not a number of seconds from 1 to a year\'s',
    ],
    [{ KEYS: 'opne' }, 'KEYS is "opne", which is neither "open" nor "signed-in" nor "closed"'],
    [{ tls_enabled: 'maybe' }, 'tls_enabled is "maybe", which is neither "true" nor "false"'],
  ])('ends with one sentence for %j', async (env, sentence) => {
    const program = await start(env);

    expect(await program.exited).toEqual([1, null]);
    expect(program.lines).toEqual([sentence]);
  });

  it('ends with one sentence when its port is taken', async () => {
    const first = await start({});
    const second = await start({ PORT: String(first.port) });

    expect(await second.exited).toEqual([1, null]);
    expect(second.lines).toEqual([
      'No Redis service is bound',
      `PORT is ${first.port}, which another program listens on: set PORT to a free port`,
    ]);
  });

  it('ends with one sentence when it has no such address', async () => {
    const program = await start({ LISTEN_ADDRESS: '192.0.2.1' });

    expect(await program.exited).toEqual([1, null]);
    expect(program.lines.at(-1)).toMatch(/^LISTEN_ADDRESS is "192\.0\.2\.1", .*EADDRNOTAVAIL/);
  });
});

describe('in a pod, the program', () => {
  it('needs no home, reads the Secret behind its links, and trusts the proxies it is told of', async () => {
    const { host, port } = await startRedis({ password: 's3cret' });
    const root = await mountSecret({ type: 'redis', host, port: String(port), password: 's3cret' });
    const program = await start({
      HOME: undefined,
      HOSTNAME: 'redis-example-app-7d9f8b6c5-x2k4j',
      KUBERNETES_SERVICE_HOST: '10.96.0.1',
      SERVICE_BINDING_ROOT: root,
      TRUSTED_PROXIES: '1',
    });

    const { headers } = await signUp(program.url, 'alice', '203.0.113.9, 192.0.2.1');
    expect(headers.get('set-cookie')).toMatch(/^__Host-session=.*; secure/);
    expect(headers.get('x-app-instance')).toMatch(/^\d{5}\/x2k4j-/);
    expect(program.lines).toContain('Sign-up of alice from 192.0.2.1');
  });
});

describe('on SIGTERM, the program', () => {
  it('is unready at once, and answers what is under way and what still comes', async () => {
    const { host, port } = await startRedis();
    const program = await start(bound({ host, port }));
    const agent = new Agent({ keepAlive: true });
    const slow = await beginPut(program.url, agent);

    program.child.kill('SIGTERM');
    const ready = await until('it is unready', () =>
      findStatus(`${program.url}/status/ready`, 503),
    );
    expect(ready.headers.get('connection')).toBe('close');
    expect((await fetch(`${program.url}/foo`)).status).toBe(404);
    await until('it takes no more connections', () => refusesConnections(program.port));
    expect(program.child.exitCode).toBeNull();
    await sleep(LATE);
    slow.request.end('data=bar');
    const { statusCode, headers } = await slow.response;
    expect([statusCode, headers.connection]).toEqual([201, 'keep-alive']);

    // Soon, though the client would keep its connection
    const began = performance.now();
    expect(await program.exited).toEqual([0, null]);
    expect(performance.now() - began).toBeLessThan(2000);
    expect(program.lines.slice(-2)).toEqual([
      'Draining: no more requests, please',
      'Drained: good-bye',
    ]);
  });

  it('does the same on SIGINT, which a terminal sends', async () => {
    const program = await start({});

    program.child.kill('SIGINT');
    await until('it is unready', () => findStatus(`${program.url}/status/ready`, 503));
    expect(await program.exited).toEqual([0, null]);
    expect(program.lines.at(-1)).toBe('Drained: good-bye');
  });

  it('exits with 0 when Redis is away', async () => {
    const redis = await startRedis();
    const program = await start(bound({ host: redis.host, port: redis.port }));
    await redis.stop();

    program.child.kill('SIGTERM');
    expect(await program.exited).toEqual([0, null]);
    expect(program.lines.at(-1)).toBe('Drained: good-bye');
  });

  it('waits for a request that never ends, but exits with 0 before the platform kills', async () => {
    const { exit, seconds, lastLine } = await leaving;
    expect(exit).toEqual([0, null]);
    expect(seconds).toBeGreaterThan(7.9);
    expect(seconds).toBeLessThan(10);
    expect(lastLine).toBe('Some requests take too long: leaving without their answers');
  });
});

/** As the kubelet does: the files lie in a directory with a date, and links lead to it. */
async function mountSecret(files: Record<string, string>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'bindings-'));
  stopAtEnd(() => rm(root, { recursive: true }));
  const dated = '..2026_11_22_06_00_00.1234567890';
  await mkdir(join(root, 'redis', dated), { recursive: true });
  await symlink(dated, join(root, 'redis/..data'));
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(root, 'redis', dated, name), text);
    await symlink(`..data/${name}`, join(root, 'redis', name));
  }
  return root;
}

/** Through an Ingress that ends TLS. */
function signUp(url: string, username: string, forwardedFor: string): Promise<Response> {
  return fetch(`${url}/session/sign-up`, {
    method: 'POST',
    headers: { 'X-Forwarded-For': forwardedFor, 'X-Forwarded-Proto': 'https' },
    body: new URLSearchParams({ username, password: 'correct horse battery staple' }),
  });
}

/** Tells it to leave while the body of a request does not come. */
async function leaveWithoutAnswer({ port, child, exited, lines }: Program) {
  const { socket } = send(port, formRequest('PUT /foo', 'da', 8));
  await once(socket, 'connect');
  await untilArrived(`http://127.0.0.1:${port}`);
  const began = performance.now();
  child.kill('SIGTERM');
  const exit = await exited;
  return { exit, seconds: (performance.now() - began) / 1000, lastLine: lines.at(-1) };
}

/** Of what was sent before: the program reads it before it answers this. */
async function untilArrived(url: string): Promise<void> {
  for (let i = 0; i < 2; i++) await fetch(`${url}/status/health`);
}

/** A PUT whose body is not sent yet. */
async function beginPut(url: string, agent: Agent) {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': 8 };
  const put = request(`${url}/foo`, { method: 'PUT', agent, headers });
  put.flushHeaders();
  const [socket] = (await once(put, 'socket')) as [Socket];
  if (socket.connecting) await once(socket, 'connect');
  await untilArrived(url);
  const response = once(put, 'response').then(([answer]) => answer as IncomingMessage);
  return { request: put, response };
}

async function findStatus(url: string, status: number): Promise<Response | null> {
  const response = await fetch(url);
  return response.status === status ? response : null;
}

async function refusesConnections(port: number): Promise<boolean> {
  const { socket } = send(port, '');
  const event = await Promise.race([
    once(socket, 'connect').then(() => 'connect'),
    once(socket, 'close').then(() => 'close'),
  ]).catch(() => 'error');
  socket.destroy();
  return event !== 'connect';
}
