/**
 * The leanest server that gives right answers to the load test, from memory: it reads one request at
 * a time from each connection, and only what the load test sends. It prints its port.
 */
import { type AddressInfo, createServer, type Socket } from 'node:net';

interface Request {
  method: string;
  path: string;
  /** The value of a `Cookie` header, or an empty text. */
  cookie: string;
  body: string;
}

interface Reply {
  status: number;
  body: string;
  cookie?: string;
}

const values = new Map<string, string>();

const server = createServer({ noDelay: true }, serve);
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));

function serve(socket: Socket): void {
  let received = '';
  socket.setEncoding('latin1');
  socket.on('error', () => {}); // the load test has gone
  socket.on('data', (chunk: string) => {
    received += chunk;
    const request = readRequest(received);
    if (!request) return;
    received = '';
    socket.write(toText(answer(request)), 'latin1');
  });
}

/** Returns null until the request is complete. */
function readRequest(text: string): Request | null {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return null;
  const head = text.slice(0, end);
  const body = text.slice(end + 4);
  if (body.length < Number(readHeader(head, 'content-length'))) return null;
  const [method = '', path = ''] = head.split(' ', 2);
  return { method, path, cookie: readHeader(head, 'Cookie'), body };
}

function readHeader(head: string, name: string): string {
  const begin = head.indexOf(`\r\n${name}: `);
  if (begin === -1) return '';
  const end = head.indexOf('\r\n', begin + 2);
  return head.slice(begin + name.length + 4, end === -1 ? undefined : end);
}

function answer({ method, path, cookie, body }: Request): Reply {
  if (method === 'POST') return enter(path, body);
  const user = cookie.slice('user='.length);
  if (path === '/session/me') return { status: 200, body: `{"user":"${user}"}` };
  const name = user + path;
  const value = values.get(name);
  if (method === 'PUT') {
    values.set(name, new URLSearchParams(body).get('data')!);
    return { status: 201, body: 'success' };
  }
  if (method === 'DELETE') values.delete(name);
  if (value === undefined) return { status: 404, body: 'not present' };
  return { status: 200, body: value };
}

function enter(path: string, body: string): Reply {
  const user = new URLSearchParams(body).get('username')!;
  const status = path === '/session/sign-up' ? 201 : 200;
  return { status, body: '{}', cookie: `user=${user}; Path=/` };
}

function toText({ status, body, cookie }: Reply): string {
  const setCookie = cookie ? `Set-Cookie: ${cookie}\r\n` : '';
  const length = `Content-Length: ${body.length}`;
  return `HTTP/1.1 ${status} -\r\nX-App-Instance: 0/self-test\r\n${setCookie}${length}\r\n\r\n${body}`;
}
