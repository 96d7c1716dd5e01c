/** Connections of a stranger, who sends what an ordinary client does not. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { stopAtEnd } from './cleanup.ts';

export interface Connection {
  socket: Socket;
  /** Resolves to the status of the first answer; to null when the connection closes without one. */
  status: Promise<number | null>;
}

/** Opens a connection and sends bytes. With `reads` false, it reads nothing of the answer. */
export function send(port: number, bytes: string, reads = true): Connection {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {}); // the app may cut it off
  socket.write(bytes);
  if (!reads) socket.pause();
  stopAtEnd(async () => socket.destroy());
  return { socket, status: readStatus(socket, reads) };
}

/** So many connections that do the same. */
export function sendFromMany(port: number, count: number, bytes: string, reads = true) {
  return Array.from({ length: count }, () => send(port, bytes, reads));
}

export function closeAll(connections: Connection[]): void {
  for (const { socket } of connections) socket.destroy();
}

/** The text of a request with a form, or with part of one whose length says more. */
export function formRequest(line: string, body: string, length = body.length): string {
  const type = 'Content-Type: application/x-www-form-urlencoded';
  return `${line} HTTP/1.1\r\nHost: app\r\n${type}\r\nContent-Length: ${length}\r\n\r\n${body}`;
}

export function jsonRequest(line: string, body: string): string {
  const headers = `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}`;
  return `${line} HTTP/1.1\r\nHost: app\r\n${headers}\r\n\r\n${body}`;
}

/** Watches the resident memory of a process until `stop`; `most` returns the most that it had, in MB. */
export function watchMemory(pid: number) {
  let most = 0;
  const timer = setInterval(look, 20);
  return {
    most: () => most,
    stop() {
      clearInterval(timer);
      look();
    },
  };

  function look() {
    const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!;
    most = Math.max(most, Number(kilobytes) / 1024);
  }
}

/** Asks for liveness over and over until `stop`; `slowest` returns the time of an answer, in milliseconds. */
export function watchLiveness(url: string) {
  let slowest = 0;
  let isStopped = false;
  const watching = watch();
  return {
    slowest: () => slowest,
    async stop() {
      isStopped = true;
      await watching;
    },
  };

  function ask() {
    return fetch(`${url}/status/health`);
  }

  async function watch() {
    while (!isStopped) {
      const began = performance.now();
      const { status } = await ask().catch(ask); // a kept connection may just be closed, as unused
      if (status !== 200) throw new Error(`Liveness is answered ${status}`);
      slowest = Math.max(slowest, performance.now() - began);
      await sleep(20);
    }
  }
}

async function readStatus(socket: Socket, reads: boolean): Promise<number | null> {
  if (!reads) return null;
  const closed = once(socket, 'close').then(() => null);
  const first = once(socket, 'data').then(([data]) => data as Buffer);
  const data = await Promise.race([first, closed]).catch(() => null);
  return data && Number(/^HTTP\/1\.1 (\d{3})/.exec(data.toString('latin1'))?.[1]);
}
