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
let origin: string;
let stopping: AbortController;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'under-load-'));
  methods = [];
  stopping = new AbortController();
  origin = await serve(({ method, url }, response) => {
    if (url !== '/status/health') methods.push(method!);
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
