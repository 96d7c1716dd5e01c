/** A small part of the experiment, for real: what it shows is not made up. */
import { countLoginsLost, DISTURB, type Extent } from '../../../src/lab/scale-out/logins.ts';
import type { Run } from '../../../src/lab/scale-out/results.ts';
import { lightApp } from '../../support/light-app.ts';

// An odd number of users does not fall in step with a router of two instances
const extent = { counts: [2], duration: 2, rate: 20, users: 5, variables: lightApp };
const NEVER = new AbortController().signal;

async function conduct(
  extent: Extent,
  signal = NEVER,
  say: (text: string) => void = () => {},
): Promise<Run[]> {
  const runs: Run[] = [];
  await countLoginsLost(extent, { signal, say, report: (run) => runs.push(run) });
  return runs;
}

it('loses logins in memory, and none behind a sticky router or in Redis', async () => {
  const sessions = ['memory', 'memory, sticky', 'redis'] as const;
  const said: string[] = [];
  const say = (text: string) => said.push(text);
  const runs = await conduct({ ...extent, sessions, events: ['calm'] }, NEVER, say);
  const [memory, sticky, redis] = runs;

  expect(said).toHaveLength(3);
  expect(memory).toMatchObject({ sessions: 'memory', instances: 2, event: 'calm' });
  expect(memory!.loginsLost).toBeGreaterThan(0);
  expect(memory!.logins).toBeGreaterThan(5); // whoever is out signs in again
  expect(sticky).toMatchObject({ logins: 5, loginsLost: 0, errors: 0 });
  expect(redis).toMatchObject({ logins: 5, loginsLost: 0, errors: 0 });
}, 120_000);

it('kills an instance, with the logins that only it has', async () => {
  const events = ['kill'] as const;
  const run = (sessions: 'memory, sticky' | 'redis') =>
    conduct({ ...extent, duration: 4, sessions: [sessions], events });
  const [[sticky], [redis]] = await Promise.all([run('memory, sticky'), run('redis')]);

  expect(sticky).toMatchObject({ event: 'kill', logins: 5 + sticky!.loginsLost });
  expect(sticky!.loginsLost).toBeGreaterThan(0);
  expect(redis).toMatchObject({ event: 'kill', logins: 5, loginsLost: 0 });
}, 120_000);

it.each([
  ['calm', []],
  ['kill', ['kill 2']],
  ['scale out and in', ['scale 6', 'scale 3']],
] as const)('%s: an app with three instances is told %j', async (event, told) => {
  const lines: string[] = [];
  const kill = async (index: number) => void lines.push(`kill ${index}`);
  const scale = async (count: number) => void lines.push(`scale ${count}`);
  await DISTURB[event]({ kill, scale }, 3, 0);

  expect(lines).toEqual(told);
});

it('ends with what it has when it is told to stop', async () => {
  const sessions = ['memory', 'redis'] as const;

  expect(
    await conduct({ ...extent, sessions, events: ['calm'] }, AbortSignal.abort(), fail),
  ).toEqual([]);

  function fail() {
    throw new Error('It goes on.');
  }
});
