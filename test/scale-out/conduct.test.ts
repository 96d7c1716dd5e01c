/** A small part of the experiment, for real: what it shows is not made up. */
import { conduct } from '../../src/scale-out/conduct.ts';

const extent = { events: ['calm'] as const, counts: [2], duration: 2, rate: 20, users: 4 };
const NEVER = new AbortController().signal;

it('loses logins in memory, and none behind a sticky router or in Redis', async () => {
  const sessions = ['memory', 'memory, sticky', 'redis'] as const;
  const said: string[] = [];
  const runs = await conduct({ ...extent, sessions }, NEVER, (text) => said.push(text));
  const [memory, sticky, redis] = runs;

  expect(said).toHaveLength(3);
  expect(memory).toMatchObject({ sessions: 'memory', instances: 2, event: 'calm' });
  expect(memory!.loginsLost).toBeGreaterThan(0);
  expect(sticky).toMatchObject({ logins: 4, loginsLost: 0, errors: 0 });
  expect(redis).toMatchObject({ logins: 4, loginsLost: 0, errors: 0 });
}, 120_000);
