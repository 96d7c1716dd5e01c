/** Answers as servers and proxies send them. */
import { readAnswer } from '../../../src/lab/load-test/sending/answer.ts';

function read(lines: string[], isClosed = false) {
  return readAnswer(Buffer.from(lines.join('\r\n')), isClosed);
}

const HEAD = ['HTTP/1.1 200 OK', 'X-App-Instance: 0/aaaaaaaa'];

it('reads status, instance, cookies and body', () => {
  const cookies = ['Set-Cookie: one=1; Path=/', 'Set-Cookie: two=2'];

  expect(read([...HEAD, ...cookies, 'Content-Length: 3', '', 'bar'])).toEqual({
    status: 200,
    instance: '0/aaaaaaaa',
    cookies: ['one=1; Path=/', 'two=2'],
    body: 'bar',
    isLast: false,
  });
});

it('does not mind the case of names, nor spaces around values', () => {
  const lines = ['HTTP/1.1 201 Created', 'x-app-instance:1/Ab ', 'CONTENT-LENGTH: 0', '', ''];

  expect(read(lines)).toMatchObject({ status: 201, instance: '1/Ab', body: '' });
});

it.each([
  ['of the head', [...HEAD, 'Content-Le']],
  ['of the body', [...HEAD, 'Content-Length: 4', '', 'bar']],
  ['of a chunk', [...HEAD, 'Transfer-Encoding: chunked', '', '4', 'bar']],
  ['of the last chunk', [...HEAD, 'Transfer-Encoding: chunked', '', '3', 'bar', '0', '']],
  [
    'of it behind empty lines',
    [...HEAD, 'Transfer-Encoding: chunked', '', '4', '\r\n\r\n', '0', ''],
  ],
  ['of what ends with the connection', [...HEAD, '', 'bar']],
])('waits for the rest %s', (_, lines) => {
  expect(read(lines)).toBeNull();
});

it('counts bytes, not characters', () => {
  expect(read([...HEAD, 'Content-Length: 3', '', '한'])?.body).toBe('한');
});

it('puts chunks together, and reads over trailers', () => {
  const chunks = [
    '3',
    'bar',
    'A;name=value',
    '0123456789',
    '10',
    '0123456789abcdef',
    '0',
    'Trailer: x',
    '',
    '',
  ];

  expect(read([...HEAD, 'Transfer-Encoding: chunked', '', ...chunks])?.body).toBe(
    'bar01234567890123456789abcdef',
  );
});

it('puts a character together whose bytes are in two chunks', () => {
  const [first, ...others] = Buffer.from('한');
  const bytes = Buffer.concat([
    Buffer.from([...HEAD, 'Transfer-Encoding: chunked', '', '1', ''].join('\r\n')),
    Buffer.from([first!]),
    Buffer.from('\r\n2\r\n'),
    Buffer.from(others),
    Buffer.from('\r\n0\r\n\r\n'),
  ]);

  expect(readAnswer(bytes, false)?.body).toBe('한');
});

it.each(['HTTP/1.1', 'HTTP/1.0'])(
  'takes what came until the connection was closed, where no length is given: %s',
  (version) => {
    expect(read([`${version} 200 OK`, '', 'bar'], true)?.body).toBe('bar');
  },
);

it.each([204, 304])('has no body for %i, whatever its length says', (status) => {
  const lines = [`HTTP/1.1 ${status} No Body`, 'Content-Length: 3', '', ''];

  expect(read(lines)).toMatchObject({ status, body: '' });
});

it('has no instance when no instance has answered', () => {
  expect(read(['HTTP/1.1 502 Bad Gateway', 'Content-Length: 0', '', ''])?.instance).toBeNull();
});

it.each(['100 Continue', '103 Early Hints'])('reads over an interim answer: %s', (line) => {
  const interim = [`HTTP/1.1 ${line}`, ''];

  expect(read([...interim, ...HEAD, 'Content-Length: 0', '', ''])?.status).toBe(200);
});

it.each([
  ['close', true],
  ['Close', true],
  ['keep-alive', false],
])('sees whether the connection is closed after it: %s', (connection, isLast) => {
  const lines = [...HEAD, `Connection: ${connection}`, 'Content-Length: 0', '', ''];

  expect(read(lines)?.isLast).toBe(isLast);
});

it.each([
  ['what is not HTTP/1.1', ['+PONG', '', ''], 'no HTTP/1.1'],
  ['what has HTTP/1.1 further on', ['> HTTP/1.1 200 OK', '', ''], 'no HTTP/1.1'],
  ['two answers', [...HEAD, 'Content-Length: 0', '', 'more'], 'more than one answer'],
  [
    'a chunk without a size',
    [...HEAD, 'Transfer-Encoding: chunked', '', 'x', ''],
    'no size of a chunk',
  ],
])('refuses %s', (_, lines, sentence) => {
  expect(() => read(lines)).toThrow(sentence);
});
