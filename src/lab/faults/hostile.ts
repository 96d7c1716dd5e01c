/** Requests that mean no good, as the bytes that go over the wire. */
import { randomBytes } from 'node:crypto';

type Attack = (number: number) => Buffer | string;

const HOST = 'Host: app.example.com\r\n';

const attacks: Attack[] = [
  randomOctets,
  hugeHeader,
  hugePath,
  unfinishedBody,
  twoLengths,
  lengthAndChunks,
  brokenChunks,
  smuggledRequest,
  forgedCookie,
  randomSession,
  ownPrefix,
  malformedEscape,
  jsonBomb,
  pollutingField,
];

/** Each kind in turn. */
export function hostileRequest(number: number): Buffer | string {
  return attacks[number % attacks.length]!(number);
}

function randomOctets(): Buffer {
  return randomBytes(512);
}

function hugeHeader(): string {
  return `GET /key HTTP/1.1\r\n${HOST}X-Huge: ${'x'.repeat(64 * 1024)}\r\n\r\n`;
}

function hugePath(): string {
  return `GET /${'k'.repeat(32 * 1024)} HTTP/1.1\r\n${HOST}\r\n`;
}

/** The rest never comes. */
function unfinishedBody(): string {
  return post('PUT /key', 'data=x', 'Content-Length: 100000\r\n');
}

function twoLengths(): string {
  return post('PUT /key', 'data=x', 'Content-Length: 6\r\nContent-Length: 60\r\n');
}

function lengthAndChunks(): string {
  return post('PUT /key', '0\r\n\r\n', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n');
}

function brokenChunks(): string {
  return post('PUT /key', 'zz\r\nno size\r\n', 'Transfer-Encoding: chunked\r\n');
}

function smuggledRequest(): string {
  const hidden = `DELETE /key HTTP/1.1\r\n${HOST}\r\n`;
  return post('PUT /key', hidden, 'Content-Length: 0\r\nTransfer-Encoding: x, chunked\r\n');
}

function forgedCookie(number: number): string {
  const cookie = `session=${'A'.repeat(43)}; session=../../${number}; __proto__=x`;
  return `GET /session/me HTTP/1.1\r\n${HOST}Cookie: ${cookie}\r\n\r\n`;
}

function randomSession(): string {
  const cookie = `session=${randomBytes(32).toString('base64url')}`;
  return `GET /session/me HTTP/1.1\r\n${HOST}Cookie: ${cookie}\r\n\r\n`;
}

function ownPrefix(): string {
  return `GET /_app%3Ainstances HTTP/1.1\r\n${HOST}\r\n`;
}

function malformedEscape(): string {
  return `GET /%E0%A4%A HTTP/1.1\r\n${HOST}\r\n`;
}

function jsonBomb(): string {
  const body = '['.repeat(50_000);
  return post(
    'PUT /key',
    body,
    `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`,
  );
}

function pollutingField(): string {
  const body = '__proto__[data]=x&constructor[prototype][data]=y';
  return post('PUT /key', body, `Content-Length: ${body.length}\r\n`);
}

function post(line: string, body: string, headers: string): string {
  const type = headers.includes('Content-Type')
    ? ''
    : 'Content-Type: application/x-www-form-urlencoded\r\n';
  return `${line} HTTP/1.1\r\n${HOST}${type}${headers}\r\n${body}`;
}
