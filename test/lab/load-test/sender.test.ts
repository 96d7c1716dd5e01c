/** One thread's share of a load: which connections it uses, and who takes turns on them. */
import type { SecondLine } from '../../../src/lab/load-test/results/file.ts';
import { Sender, type Share } from '../../../src/lab/load-test/sending/sender.ts';
import { serve } from '../../support/serve.ts';

const NAMES = ['ann', 'bob', 'eve', 'joe', 'kim'];

const SHARE: Omit<Share, 'origin'> = {
  scenario: 'keys',
  names: NAMES,
  password: 'secret',
  connections: [0, 1, 2, 3].map((number) => ({ number, delay: 0, interval: null })),
  isAnyTarget: true,
  startedAt: Date.now() - 3_600_000,
};

it.each([
  ['all', Infinity, 4],
  ['the first two', 2, 2],
])('uses %s of its connections, each of which serves its own users', async (_, most, count) => {
  const stopping = new AbortController();
  const usersOf = new Map<number, Set<string>>();
  let asked = 0;
  const origin = await serve(({ url, socket }, response) => {
    const users = usersOf.get(socket.remotePort!) ?? new Set();
    usersOf.set(socket.remotePort!, users.add(url!.slice(1)));
    if (++asked === 200) stopping.abort();
    response.writeHead(404).end();
  });
  const answered = jest.fn();
  let counted = 0;
  const seconds: number[] = [];
  const observer = {
    answered,
    counted: (lines: SecondLine[]) => {
      for (const { requests } of lines) counted += requests;
      seconds.push(...lines.map(({ second }) => second));
    },
  };
  const busy = await new Sender({ ...SHARE, origin }, observer).putLoad(stopping.signal, most);

  expect(usersOf.size).toBe(count);
  expect([...usersOf.values()].flatMap((users) => [...users]).toSorted()).toEqual(NAMES);
  expect([counted, answered.mock.calls.length]).toEqual([asked, asked]);
  // The test has begun an hour ago
  expect(Math.min(...seconds)).toBeGreaterThanOrEqual(3600);
  expect(Math.max(...seconds)).toBeLessThan(3660);
  expect(busy).toBeGreaterThan(0);
  expect(busy).toBeLessThanOrEqual(1);
});
