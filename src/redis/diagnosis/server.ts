/** Explains why a server cannot be used, after a look at what its port speaks: with TLS, or without. */
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { Address } from '../../connection.ts';
import { explain } from '../explain.ts';

/** Nothing waits for it: until then, requests are answered by the sentence before. */
const PATIENCE = 1500; // milliseconds

/** What a port for TLS makes of a plain connection. */
const MAY_BE_TLS = /ECONNRESET|EPIPE|Unknown RESP type|closed by the server/;
/** What a port for plain connections makes of a TLS handshake. */
const MAY_BE_PLAIN = /ETIMEDOUT|WRONG_VERSION|PACKET_LENGTH|EPROTO|ECONNRESET|EPIPE|before secure/;
/** The end of a connection may arrive before what the server has said about it. */
const RESET = /ECONNRESET|EPIPE/;

/** Returns a sentence that begins with the subject. Never throws. */
export async function explainServer(
  address: Address,
  tls: ConnectionOptions | undefined,
  error: Error,
  subject = 'Redis',
): Promise<string> {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const isUnsure = (tls ? MAY_BE_PLAIN : MAY_BE_TLS).test(code + message);
  const look = () => (tls ? lookOverTls(address, tls, code) : lookPlainly(address));
  const cause = isUnsure ? await look() : null;
  if (typeof cause === 'string') return `${subject} ${cause}, and restart: cf restart APP`;
  return explain(cause ?? error, subject);
}

/** Returns what the server says itself, the rest of a sentence, or null. */
async function lookPlainly(address: Address): Promise<Error | string | null> {
  if (await speaksTls(address)) {
    return 'expects TLS at this port, and the binding does not ask for it. Switch it on, cf set-env APP tls_enabled true';
  }
  const words = await askPlainly(address, '');
  return words?.startsWith('-') ? new Error(words.slice(1).trim()) : null;
}

/** Returns what the server says itself, the rest of a sentence, or null. */
async function lookOverTls(
  address: Address,
  tls: ConnectionOptions,
  code: string,
): Promise<Error | string | null> {
  if (RESET.test(code)) return findRefusal(address, tls);
  const words = await askPlainly(address, 'PING\r\n');
  if (words === null) return null;
  if (/^[+-]/.test(words)) {
    return 'does not speak TLS at this port: it answers there without TLS. Switch it off, cf set-env APP tls_enabled false';
  }
  if (words) return new Error(`Unknown RESP type "${words[0]}"`);
  return code === 'ETIMEDOUT'
    ? 'accepts connections, so no security group forbids them, but does not answer over TLS. If this port is not for TLS, switch it off, cf set-env APP tls_enabled false'
    : null;
}

/** Also true for a server that wants a client certificate. */
function speaksTls({ host, port }: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTls({ host, port, rejectUnauthorized: false });
    socket.once('secureConnect', () => {
      resolve(true);
      socket.destroy();
    });
    closeSoon(socket, () => resolve(false));
  });
}

/** Resolves to the error with which a server ends a connection that asks nothing; null without one. */
function findRefusal({ host, port }: Address, tls: ConnectionOptions): Promise<Error | null> {
  return new Promise((resolve) => {
    const socket = connectTls({ ...tls, host, port });
    socket.once('error', resolve);
    closeSoon(socket, () => resolve(null));
  });
}

/** Resolves to a server's first words; to '' when it says none, to null when it is not reached. */
function askPlainly({ host, port }: Address, question: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connectTcp({ host, port });
    let words: string | null = null;
    socket.once('connect', () => {
      words = '';
      socket.write(question);
    });
    socket.once('data', (data) => {
      resolve(data.toString('latin1'));
      socket.destroy();
    });
    closeSoon(socket, () => resolve(words));
  });
}

function closeSoon(socket: Socket, onClose: () => void): void {
  socket.on('error', () => {});
  socket.once('close', onClose);
  setTimeout(() => socket.destroy(), PATIENCE);
}
