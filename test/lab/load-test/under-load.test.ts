/** Load for experiments: it goes on while something happens, and leaves nothing behind. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureLoad, underLoad } from '../../../src/lab/load-test/under-load.ts';
import { serve } from '../../support/serve.ts';
import { until } from '../../support/until.ts';

const LOAD = { scenario: 'keys', users: 3, duration: 60, rate: 200 } as const;

let parent: string;
let methods: string[];
let ports: Set<number>;
let origin: string;
let stopping: AbortController;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'under-load-'));
  [methods, ports] = [[], new Set()];
  stopping = new AbortController();
  origin = await serve(({ method, url, socket }, response) => {
    if (url !== '/status/health') methods.push(method!);
    if (url !== '/status/health') ports.add(socket.remotePort!);
    response.setHeader('X-App-Instance', '0/a');
    response.writeHead(method === 'PUT' ? 201 : 404).end();
  });
});
afterEach(() => rm(parent, { recursive: true }));

/** Ends the load when there were some answers. */
async function happen() {
  await until('there is load', () => methods.length > 10);
  stopping.abort();
}

it('ends with what happens, and removes keys and files', async () => {
  const happening = jest.fn(happen);
  const { summary, outcomes } = await underLoad(origin, LOAD, happening, stopping.signal, parent);

  expect(happening).toHaveBeenCalledTimes(1);
  expect(outcomes.length).toBeGreaterThan(5);
  expect(summary.requests).toBe(outcomes.length);
  expect(methods.slice(summary.requests)).toEqual(['DELETE', 'DELETE', 'DELETE']);
  expect(await readdir(parent)).toEqual([]);
});

it.each([
  [{}, 3],
  [{ connections: 1 }, 1],
])('has a connection for each user, if not told otherwise: %j', async (change, connections) => {
  let used = 0;
  const happening = async () => {
    await until('there is load', () => methods.length > 10);
    used = ports.size;
    stopping.abort();
  };
  await underLoad(origin, { ...LOAD, ...change }, happening, stopping.signal, parent);

  expect(used).toBe(connections);
});

it('has no single outcomes where requests come as fast as answers do', async () => {
  const load = { ...LOAD, rate: null };
  const { summary, outcomes } = await underLoad(origin, load, happen, stopping.signal, parent);

  expect(summary.requests).toBeGreaterThan(5);
  expect(outcomes).toEqual([]);
});

describe('a load that is measured by itself', () => {
  const observer = { say() {}, stepBegins() {}, counted() {}, stepEnds() {} };
  const plan = () => ({
    ...LOAD,
    origin,
    connections: 3,
    ramp: 0,
    counts: [null],
    scale: null,
    isAnyTarget: false,
  });

  it('leaves its keys where the app is thrown away', async () => {
    const around = { observer: { ...observer, stepBegins: () => void happen() }, parent };
    const { requests } = await measureLoad(
      { ...plan(), isThrownAway: true },
      { ...around, signal: stopping.signal },
    );

    expect(methods).toHaveLength(requests);
    expect(await readdir(parent)).toEqual([]);
  });

  it('begins no further step when it is stopped', async () => {
    const scale = jest.fn();
    const { steps } = await measureLoad(
      { ...plan(), counts: [null, null, 2], scale },
      {
        observer: { ...observer, stepBegins: () => void happen() },
        parent,
        signal: stopping.signal,
      },
    );

    expect(steps).toHaveLength(1);
    expect(scale).not.toHaveBeenCalled();
  });

  it('uses so many connections for each instance', async () => {
    const used = new Set<number>();
    const app = await serve(({ url, socket }, response) => {
      response.setHeader('X-App-Instance', '0/a');
      if (url === '/instances/list') return void response.end('[{},{}]');
      if (url !== '/status/health') used.add(socket.remotePort!);
      response.writeHead(404).end();
    });
    const scale = async () => {};
    const steps = { counts: [2], scale, connectionsPerInstance: 1, isThrownAway: true };
    const { signal } = stopping;
    await measureLoad(
      { ...plan(), ...steps, origin: app, duration: 0.5 },
      { observer, signal, parent },
    );

    expect(used.size).toBe(2);
  });

  it.each([
    [200, []],
    [503, [expect.stringMatching(/^These could not be removed: (load-test-\w+-\d(, )?){3}$/)]],
  ])('says which keys are left when they are removed with %i', async (status, sentences) => {
    const said: string[] = [];
    const app = await serve(({ method }, response) => {
      if (method === 'PUT') stopping.abort();
      response.setHeader('X-App-Instance', '0/a');
      response.writeHead(method === 'DELETE' ? status : 404).end();
    });
    await measureLoad(
      { ...plan(), origin: app },
      {
        observer: { ...observer, say: (line) => said.push(line) },
        parent,
        signal: stopping.signal,
      },
    );

    expect(said).toEqual(['Keys and accounts are removed.', ...sentences]);
  });

  it('leaves no files when the target is not the app', async () => {
    const { signal } = stopping;
    const other = await serve((_, response) => response.end());
    const load = measureLoad({ ...plan(), origin: other }, { observer, signal, parent });

    await expect(load).rejects.toThrow('does not look like redis-example-app');
    expect(await readdir(parent)).toEqual([]);
  });

  it('removes its keys also when it cannot be scaled', async () => {
    const { signal } = stopping;
    const scale = () => Promise.reject(new Error('No luck.'));
    const load = measureLoad({ ...plan(), counts: [2], scale }, { observer, signal, parent });

    await expect(load).rejects.toThrow('No luck.');
    expect(methods).toEqual(['DELETE', 'DELETE', 'DELETE']);
    expect(await readdir(parent)).toEqual([]);
  });
});
