/** The attack by bodies that do not end, at a server that counts what arrives. */
import type { IncomingMessage } from 'node:http';
import { setMaxListeners } from 'node:events';
import { leaveBodiesUnfinished } from '../../../src/lab/faults/attacks/attacks.ts';
import { serve } from '../../support/serve.ts';
import { until } from '../../support/until.ts';

const MEGABYTE = 1024 * 1024;

it('sends all of a body but its last byte, and holds the connection', async () => {
  const received = new Map<IncomingMessage, number>();
  let ended = 0;
  const origin = await serve((request) => {
    received.set(request, 0);
    request.on('data', ({ length }) => received.set(request, received.get(request)! + length));
    request.on('end', () => ended++);
    request.on('error', () => {});
  });

  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);
  const port = Number(new URL(origin).port);
  const attack = leaveBodiesUnfinished({ port, address: '198.51.100.1' }, stopping.signal);
  const whole = (chunked: boolean) =>
    [...received].filter(
      ([{ headers }, bytes]) =>
        'transfer-encoding' in headers === chunked && bytes === MEGABYTE - 1,
    ).length;
  try {
    await until('100 bodies of each kind', () => whole(false) >= 100 && whole(true) >= 100, {
      limit: 20_000,
    });
    expect(Math.max(...received.values())).toBe(MEGABYTE - 1);
    expect(ended).toBe(0);
  } finally {
    stopping.abort();
    await attack;
  }
});
