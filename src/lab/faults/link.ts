/** A TCP proxy on loopback: a link to a server that can be slow, lossy or reset. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { Transform } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

export type Link = Awaited<ReturnType<typeof openLink>>;

/** The cost of a lost packet: Linux sends it again after 200 ms at the earliest. */
const RETRANSMISSION = 200; // milliseconds

/** Resolves when the link listens; `target` is the port of the server. */
export async function openLink(target: number) {
  const sockets = new Set<Socket>();
  const link = { port: 0, latency: 0, loss: 0, reset, close };
  const server = createServer({ noDelay: true }, join);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  link.port = (server.address() as AddressInfo).port;
  return link;

  /** Resets all connections, as a firewall does that has dropped its state. */
  function reset() {
    for (const socket of sockets) socket.resetAndDestroy();
  }

  function close() {
    reset();
    server.close();
  }

  function join(client: Socket) {
    const upstream = connect({ port: target, host: '127.0.0.1', noDelay: true });
    client.pipe(slow()).pipe(upstream);
    upstream.pipe(slow()).pipe(client);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {}); // the close event ends the other side
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  }

  /** Half of the latency each way, in milliseconds; `loss` is the share of packets, 0 to 1. */
  function slow() {
    let passing = Promise.resolve();
    return new Transform({
      highWaterMark: 1024 * 1024,
      transform(chunk: Buffer, _, done) {
        const lost = Math.random() < link.loss ? RETRANSMISSION : 0;
        const arrived = sleep(link.latency / 2 + lost);
        // A chunk waits for those before it, as TCP keeps the order
        passing = passing.then(() => arrived).then(() => void this.push(chunk));
        done();
      },
      flush(done) {
        void passing.then(() => done());
      },
    });
  }
}
