import childProcess from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAttacker, readOutput } from '../../../src/lab/bench/wrk.ts';
import type { Exchange } from '../../../src/lab/peers/exchanges.ts';

/** As wrk 4.1.0 prints it, followed by what our script adds. */
const OUTPUT = `Running 1s test @ http://127.0.0.1:7999/k
  1 threads and 4 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   675.35us    1.43ms  21.33ms   93.29%
    Req/Sec    11.24k     4.76k   16.22k    63.64%
  12273 requests in 1.10s, 1.44MB read
Requests/sec:  11155.82
Transfer/sec:      1.31MB

{"requests":12273,"duration":1100143,"p50":267,"p99":7393,"errors":{"connect":0,"read":0,"write":0,"timeout":0,"status of 400 or above":0}}
`;

const FAILURES = `Running 1s test @ http://127.0.0.1:7999/k
  1 threads and 4 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   696.16us    1.74ms  26.85ms   94.09%
    Req/Sec    12.41k     5.98k   18.72k    63.64%
  13561 requests in 1.10s, 1.59MB read
  Non-2xx or 3xx responses: 135
Requests/sec:  12329.52
Transfer/sec:      1.45MB

{"requests":13561,"duration":1099881,"p50":231,"p99":7608,"errors":{"connect":0,"read":2,"write":0,"timeout":0,"status of 400 or above":135}}
`;

describe('the output of wrk', () => {
  it('is read in seconds and milliseconds', () => {
    expect(readOutput(OUTPUT)).toEqual({
      requests: 12273,
      duration: 1.100143,
      p50: 0.267,
      p99: 7.393,
    });
  });

  it('is refused with the kinds and numbers of its errors', () => {
    expect(() => readOutput(FAILURES)).toThrow(
      'Of 13561 requests some failed (read: 2, status of 400 or above: 135).',
    );
  });

  it('is refused for a single request that failed', () => {
    const failure = OUTPUT.replace('"timeout":0', '"timeout":1');
    expect(() => readOutput(failure)).toThrow('Of 12273 requests some failed (timeout: 1).');
  });

  it('is refused when nothing was answered', () => {
    const silence = OUTPUT.replace('"requests":12273', '"requests":0');
    expect(() => readOutput(silence)).toThrow('wrk got no answer at all.');
  });

  it('is refused and shown when the summary is missing', () => {
    expect(() => readOutput('unable to connect')).toThrow(
      'wrk ended without a summary:\nunable to connect',
    );
  });
});

describe('wrk', () => {
  const directory = mkdtempSync(join(tmpdir(), 'wrk-'));
  const script = join(directory, 'wrk.lua');
  const LOAD = { connections: 64, seconds: 2 };
  const READ = { method: 'GET', path: '/k', headers: {}, expected: { status: 200, body: '' } };
  const FORM = { ...READ, method: 'PUT', headers: { Cookie: 'id=1', Accept: 'x' }, body: 'data=' };
  const { signal } = new AbortController();
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => rmSync(directory, { recursive: true }));

  /** Returns what is run for the load. */
  async function attack(prefix: string[], exchange: Exchange) {
    const spy = jest.spyOn(childProcess, 'execFile');
    spy.mockImplementation(((...call: unknown[]) => {
      (call.at(-1) as (error: null, end: object) => void)(null, { stdout: OUTPUT });
    }) as unknown as typeof childProcess.execFile);
    await (
      await createAttacker(prefix, directory, signal)
    )('http://app', exchange, LOAD);
    const [program, words, limits] = spy.mock.calls[0] as unknown as [string, string[], object];
    return { words: [program, ...words], limits };
  }

  const COMMON = ['-t', '1', '-c', '64', '-d', '2s', '--timeout', '12s', '-s', script];
  const HEADERS = ['-H', 'Cookie: id=1', '-H', 'Accept: x'];

  it.each<[string, string[], Exchange, string[]]>([
    ['a read', [], READ, ['http://app/k', '--', 'GET']],
    ['a write', [], FORM, [...HEADERS, 'http://app/k', '--', 'PUT', 'data=']],
    [
      'writes that differ',
      [],
      { ...FORM, isNumbered: true },
      [...HEADERS, 'http://app/k', '--', 'PUT', 'data=', 'numbered'],
    ],
  ])('is asked for %s', async (_, prefix, exchange, words) => {
    expect((await attack(prefix, exchange)).words).toEqual(['wrk', ...COMMON, ...words]);
  });

  it('is pinned to its core, and killed when it takes ten seconds more than it should', async () => {
    const { words, limits } = await attack(['taskset', '-c', '1'], READ);

    expect(words.slice(0, 4)).toEqual(['taskset', '-c', '1', 'wrk']);
    expect(limits).toEqual({ signal, timeout: 12_000, killSignal: 'SIGKILL' });
  });
});
