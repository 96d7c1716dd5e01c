/** The limit for sessions: nothing stands between node:http and ioredis. */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { parse, type ParsedUrlQuery } from 'node:querystring';
import { Redis } from 'ioredis';
import {
  createSession,
  describeSession,
  IDLE_TIMEOUT,
  type Session,
} from '../../peers/servers/session-content.ts';

interface SessionRedis extends Redis {
  mergeField(key: string, field: string, value: string, timeout: number): Promise<number>;
}

const PREFIX = 'bare-session:';
const MERGE_FIELD = `
local value = redis.call('GET', KEYS[1])
if not value then return 0 end
local session = cjson.decode(value)
session.data[ARGV[1]] = ARGV[2]
redis.call('SET', KEYS[1], cjson.encode(session), 'PX', ARGV[3])
return 1
`;

const { credentials } = JSON.parse(process.env.VCAP_SERVICES!)['redis-sb'][0];
const redis = new Redis(credentials) as SessionRedis;
redis.defineCommand('mergeField', { numberOfKeys: 1, lua: MERGE_FIELD });

createServer((request, response) => {
  answer(request, response).catch((error: Error) => end(response, 503, error.message));
}).listen(Number(process.env.PORT), process.env.LISTEN_ADDRESS);

async function answer(request: IncomingMessage, response: ServerResponse) {
  const [, area, page, field] = request.url!.split('/');
  const route = `${request.method} /${area}/${page}`;
  if (route === 'POST /session/sign-up') await signUp(request, response);
  else if (route === 'GET /session/me') await read(request, response);
  else if (route === 'PUT /session/data') await write(request, field!, response);
  else end(response, 404, 'not found');
}

async function signUp(request: IncomingMessage, response: ServerResponse) {
  const user = String((await readForm(request)).username);
  const id = randomBytes(32).toString('base64url');
  await redis.set(PREFIX + id, JSON.stringify(createSession(user)), 'PX', IDLE_TIMEOUT);

  response.setHeader('Set-Cookie', `session=${id}; Path=/; HttpOnly; SameSite=Lax`);
  endWithJson(response, 201, { user });
}

async function read(request: IncomingMessage, response: ServerResponse) {
  const value = await redis.getex(findKey(request), 'PX', IDLE_TIMEOUT);
  if (value === null) return end(response, 401, 'not signed in');
  endWithJson(response, 200, describeSession(JSON.parse(value) as Session));
}

async function write(request: IncomingMessage, field: string, response: ServerResponse) {
  const { data } = await readForm(request);
  const key = findKey(request);
  const value = await redis.getex(key, 'PX', IDLE_TIMEOUT);
  if (value === null) return end(response, 401, 'not signed in');

  await redis.mergeField(key, field, String(data), IDLE_TIMEOUT);
  end(response, 201, 'success');
}

function findKey({ headers }: IncomingMessage): string {
  return PREFIX + /\bsession=([\w-]+)/.exec(headers.cookie ?? '')?.[1];
}

function readForm(request: IncomingMessage): Promise<ParsedUrlQuery> {
  const chunks: Buffer[] = [];
  return new Promise((resolve) => {
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => resolve(parse(Buffer.concat(chunks).toString())));
  });
}

function endWithJson(response: ServerResponse, status: number, body: object) {
  end(response, status, JSON.stringify(body), 'application/json; charset=utf-8');
}

function end(
  response: ServerResponse,
  status: number,
  body: string,
  type = 'text/plain; charset=utf-8',
) {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}
