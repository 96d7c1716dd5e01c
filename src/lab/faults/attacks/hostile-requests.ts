/** Malformed and malicious requests, as the bytes that go over the wire. */
import { randomBytes } from 'node:crypto';

const HOST = 'Host: app.example.com\r\n';
const FORM = 'Content-Type: application/x-www-form-urlencoded\r\n';
const JSON_BOMB = '['.repeat(50_000);
const POLLUTION = '__proto__[data]=x&constructor[prototype][data]=y';
const HIDDEN = `DELETE /key HTTP/1.1\r\n${HOST}\r\n`;

const KINDS: Record<string, (number: number) => Buffer | string> = {
  'random octets': () => randomBytes(512),
  'huge header': () => get('/key', `X-Huge: ${'x'.repeat(64 * 1024)}\r\n`),
  'huge path': () => get(`/${'k'.repeat(32 * 1024)}`),
  'body without its rest': () => put('data=x', `${FORM}Content-Length: 100000\r\n`),
  'two lengths': () => put('data=x', `${FORM}Content-Length: 6\r\nContent-Length: 60\r\n`),
  'length and chunks': () =>
    put('0\r\n\r\n', `${FORM}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n`),
  'broken chunks': () => put('zz\r\nno size\r\n', `${FORM}Transfer-Encoding: chunked\r\n`),
  'smuggled request': () =>
    put(HIDDEN, `${FORM}Content-Length: 0\r\nTransfer-Encoding: x, chunked\r\n`),
  'forged cookie': (number) =>
    me(`session=${'A'.repeat(43)}; session=../../${number}; __proto__=x`),
  'random session': () => me(`session=${randomBytes(32).toString('base64url')}`),
  'prefix of the app’s own keys': () => get('/_app%3Ainstances'),
  'malformed escape': () => get('/%E0%A4%A'),
  'JSON bomb': () =>
    put(JSON_BOMB, `Content-Type: application/json\r\nContent-Length: ${JSON_BOMB.length}\r\n`),
  'polluting fields': () => put(POLLUTION, `${FORM}Content-Length: ${POLLUTION.length}\r\n`),
};
const REQUESTS = Object.values(KINDS);

/** Returns each kind in turn. */
export function hostileRequest(number: number): Buffer | string {
  return REQUESTS[number % REQUESTS.length]!(number);
}

function get(path: string, headers = ''): string {
  return `GET ${path} HTTP/1.1\r\n${HOST}${headers}\r\n`;
}

function me(cookie: string): string {
  return get('/session/me', `Cookie: ${cookie}\r\n`);
}

function put(body: string, headers: string): string {
  return `PUT /key HTTP/1.1\r\n${HOST}${headers}\r\n${body}`;
}
