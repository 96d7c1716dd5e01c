/** Ports for programs that are started later. */
import crypto from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { findPort } from '../../../src/lab/processes/port.ts';
import { findNodePort } from '../../../src/lab/redis/cluster.ts';

it('a port that was found is found by no other process', async () => {
  const port = await findPort(0);
  const [{ code }] = await once(createSocket('udp4').bind(port, '127.0.0.1'), 'error');

  expect(code).toBe('EADDRINUSE');
});

it('a thousand ports are all different', async () => {
  const ports = new Set<number>();
  for (let i = 0; i < 1000; i++) ports.add(await findPort(0));

  expect(ports.size).toBe(1000);
  expect(Math.min(...ports)).toBeGreaterThanOrEqual(10_000);
  // The bus of a Cluster's node as well is below the ports of outgoing connections
  expect(Math.max(...ports) + 10_000).toBeLessThan(32_768);
});

it('a port for a node of a Cluster is none whose bus would be taken', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const taken = (server.address() as AddressInfo).port - 10_000;
  jest.spyOn(crypto, 'randomInt').mockReturnValueOnce(taken as never);
  const port = await findNodePort();
  server.close();

  expect(port).not.toBe(taken);
  jest.restoreAllMocks();
});
