/** The limit for keys: GET and PUT with nothing between node:http and ioredis. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { parse } from 'node:querystring';
import { Redis } from 'ioredis';

const { credentials } = JSON.parse(process.env.VCAP_SERVICES!)['redis-sb'][0];
const redis = new Redis(credentials);

createServer(answer).listen(Number(process.env.PORT), process.env.LISTEN_ADDRESS);

function answer(request: IncomingMessage, response: ServerResponse) {
  const key = request.url!.slice(1);
  if (request.method === 'GET') read(key, response);
  else if (request.method === 'PUT') collectBody(request, (body) => write(key, body, response));
  else end(response, 405, 'method not allowed');
}

function read(key: string, response: ServerResponse) {
  redis.get(key).then(
    (value) => (value === null ? end(response, 404, 'key not present') : end(response, 200, value)),
    (error: Error) => end(response, 503, error.message),
  );
}

function collectBody(request: IncomingMessage, done: (body: string) => void) {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => done(Buffer.concat(chunks).toString()));
}

function write(key: string, body: string, response: ServerResponse) {
  redis.set(key, String(parse(body).data)).then(
    () => end(response, 201, 'success'),
    (error: Error) => end(response, 503, error.message),
  );
}

function end(response: ServerResponse, status: number, body: string) {
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}
