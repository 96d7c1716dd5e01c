/** What is measured of the processes of instances, and of Redis. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { startProcess } from '../../../src/lab/processes/process.ts';
import { measureHoldings } from '../../../src/lab/faults/holdings.ts';
import type { Lab } from '../../../src/lab/faults/lab.ts';
import { stopAtEnd } from '../../support/cleanup.ts';
import { serve } from '../../support/serve.ts';

const ANSWERS: Record<string, unknown> = {
  DBSIZE: 30,
  INFO: 'expired_keys:1\r\nevicted_keys:7\r\n',
};

/** A lab whose instances are these processes. */
function labOf(pids: number[], ask: (command: string) => Promise<unknown>): Lab {
  const list = () => pids.map((pid) => [{ pid }]);
  return { instances: { list }, redis: { ask } } as unknown as Lab;
}

it('are those of the largest instance, and of the one with the most sockets', async () => {
  const start = { name: 'small', command: ['sleep', '60'], cwd: '/', env: {} } as const;
  const small = await startProcess({ ...start, env: { PATH: process.env.PATH } }, () => {});
  stopAtEnd(() => small.stop());
  const lab = labOf([small.pid, process.pid, small.pid], async (command) => ANSWERS[command]);
  const before = await measureHoldings(lab);
  const socket = connect(Number(new URL(await serve(() => {})).port), '127.0.0.1');
  await once(socket, 'connect');
  const { resident, sockets, keys, evicted } = await measureHoldings(lab);
  socket.destroy();

  const own = process.memoryUsage.rss() / 1024 / 1024;
  expect(resident).toBeGreaterThan(own / 2);
  expect(resident).toBeLessThan(own * 2);
  expect(sockets - before.sockets).toBe(3); // the server's own, and both ends
  expect({ keys, evicted }).toEqual({ keys: 30, evicted: 7 });
});

it('have no keys while Redis is away', async () => {
  const lab = labOf([process.pid], () => Promise.reject(new Error('away')));
  expect(await measureHoldings(lab)).toMatchObject({ keys: NaN, evicted: NaN });
});
