/** Ports for programs that are started later. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { findPort } from '../../../src/lab/processes/port.ts';

it('a port that was found is found by no other process', async () => {
  const port = await findPort(0);
  const [{ code }] = await once(createSocket('udp4').bind(port, '127.0.0.1'), 'error');

  expect(code).toBe('EADDRINUSE');
});

it('a thousand ports are all different', async () => {
  const ports = new Set<number>();
  for (let i = 0; i < 1000; i++) ports.add(await findPort(0));

  expect(ports.size).toBe(1000);
});
