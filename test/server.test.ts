/** The program as the platform runs it: environment, log, signals. */
import { Agent, request } from 'node:http';
import { once } from 'node:events';
import { connect } from 'node:net';
import { bound } from './support/app.ts';
import { startProgram } from './support/program.ts';
import { startRedis } from './support/redis-server.ts';

describe('at its start, the program', () => {
  it('says where it listens and what it is connected to, without a secret', async () => {
    const { host, port, password } = await startRedis({ password: 's3cret' });
    const guid = '12345678-aaaa-bbbb-cccc-1234567890ab';
    const program = await startProgram({
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
    const program = await startProgram(env);

    expect((await fetch(`${program.url}/status/health`)).status).toBe(200);
    expect(program.lines).toContainEqual(expect.stringMatching(line));
    expect(program.lines.join('\n')).not.toMatch(/s3cret/);
  });

  it('warns aloud when it is told to accept any certificate', async () => {
    const program = await startProgram({ REDIS_TLS_REJECT_UNAUTHORIZED: 'false' });

    expect(program.lines[0]).toMatch(/^WARNING: .*ANY CERTIFICATE/);
  });

  it('listens on LISTEN_ADDRESS only', async () => {
    const program = await startProgram({ LISTEN_ADDRESS: '127.0.0.2' });

    const there = `http://127.0.0.2:${program.port}/status/health`;
    expect((await fetch(there)).status).toBe(200);
    await expect(fetch(`${program.url}/status/health`)).rejects.toThrow();
  });

  it('ends with a sentence when PORT is no port', async () => {
    const program = await startProgram({ PORT: 'eighty' });

    expect(await program.exited).toEqual([1, null]);
    expect(program.lines.join('\n')).toMatch(/PORT is "eighty", which is not a port number/);
  });
});

describe('on SIGTERM, the program', () => {
  it('is unready at once, answers what is under way and what still comes, and exits with 0', async () => {
    const { host, port } = await startRedis();
    const program = await startProgram(bound({ host, port }));
    const agent = new Agent({ keepAlive: true });
    const slow = beginPut(program.url, agent);
    await once(slow.request, 'socket');
    const began = performance.now();

    program.child.kill('SIGTERM');
    const ready = await untilStatus(`${program.url}/status/ready`, 503);
    expect(ready.headers.get('connection')).toBe('close');
    expect((await fetch(`${program.url}/foo`)).status).toBe(404);
    slow.request.end('data=bar');
    expect((await slow.response).statusCode).toBe(201);

    expect(await program.exited).toEqual([0, null]);
    expect(performance.now() - began).toBeLessThan(8000);
    expect(program.lines.slice(-2)).toEqual([
      'Draining: no more requests, please',
      'Drained: good-bye',
    ]);
  });

  it('exits with 0 within 8 seconds though a request never ends', async () => {
    const program = await startProgram({});
    const stuck = connect(program.port, '127.0.0.1');
    stuck.write('PUT /foo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nda');
    await once(stuck, 'data').catch(() => {});
    const began = performance.now();

    program.child.kill('SIGTERM');
    expect(await program.exited).toEqual([0, null]);
    expect(performance.now() - began).toBeLessThan(9000);
    stuck.destroy();
  });

  it('exits with 0 when Redis is away', async () => {
    const redis = await startRedis();
    const program = await startProgram(bound({ host: redis.host, port: redis.port }));
    await redis.stop();

    program.child.kill('SIGTERM');
    expect(await program.exited).toEqual([0, null]);
  });
});

/** A PUT whose body is not sent yet. */
function beginPut(url: string, agent: Agent) {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': 8 };
  const put = request(`${url}/foo`, { method: 'PUT', agent, headers });
  put.flushHeaders();
  const response = once(put, 'response').then(([answer]) => answer as { statusCode: number });
  return { request: put, response };
}

async function untilStatus(url: string, status: number): Promise<Response> {
  for (;;) {
    const response = await fetch(url);
    if (response.status === status) return response;
  }
}
