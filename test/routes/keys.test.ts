/** The contract of cf-redis-example-app, and what it leaves open. */
import { Redis } from 'ioredis';
import Koa from 'koa';
import Router from 'koa-router';
import { answerErrors, createToAnswer } from '../../src/http/errors.ts';
import { createByteBudget } from '../../src/limits/byte-budget.ts';
import { VALUE_REPLIES } from '../../src/limits/budgets.ts';
import { createValues, type Values } from '../../src/redis/value-reads.ts';
import { keyRoutes } from '../../src/routes/keys.ts';
import { type App, bound, startApp } from '../support/app.ts';
import { stopAtEnd } from '../support/cleanup.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';
import { serve } from '../support/serve.ts';
import { formRequest, send } from '../support/stranger.ts';

const MEGABYTE = 1024 * 1024;

let server: RedisServer;
let redis: Redis;
let app: App;
beforeAll(async () => {
  server = await startRedis({ password: 's3cret' });
  const { host, port, password } = server;
  redis = new Redis({ host, port, password: 's3cret' });
  stopAtEnd(() => redis.quit());
  app = await startApp(bound({ host, port, password }));
});
beforeEach(() => redis.flushall());

const FORM = 'application/x-www-form-urlencoded';
const put = (path: string, body: string | Buffer) =>
  app.http
    .put(path)
    .set('Content-Type', FORM)
    .serialize((sent) => sent)
    .send(body);
const getBytes = (path: string) => app.http.get(path).buffer(true).parse(collect);

/** Without what the app keeps for itself. */
async function stored(): Promise<string[]> {
  return (await redis.keys('*')).filter((key) => !key.startsWith('_app:'));
}

describe('PUT, GET and DELETE /:key', () => {
  it('work as in the walk-through', async () => {
    await put('/foo', 'data=bar').expect(201, 'success');
    await app.http.get('/foo').expect(200, 'bar');
    await app.http.delete('/foo').expect(200, 'success');
    await app.http.get('/foo').expect(404, 'key not present');
  });

  it.each([
    ['a space', '/a%20b', 'a b'],
    ['a plus, which is no space in a path', '/a+b', 'a+b'],
    ['a slash', '/a%2Fb', 'a/b'],
    ['a percent sign', '/100%25', '100%'],
    ['a NUL', '/a%00b', 'a\0b'],
    ['a newline', '/a%0Ab', 'a\nb'],
    ['Korean', '/%ED%82%A4', '키'],
    ['an emoji', '/%F0%9F%94%91', '🔑'],
    ['a question mark', '/what%3F', 'what?'],
    ['the name of a route of the app', '/status', 'status'],
    ['the name that browsers ask for', '/favicon.ico', 'favicon.ico'],
    ['a name from the prototype of all objects', '/__proto__', '__proto__'],
    ['10,000 characters', `/${'k'.repeat(10_000)}`, 'k'.repeat(10_000)],
  ])('take a key with %s', async (_name, path, key) => {
    await put(path, 'data=bar').expect(201);

    expect(await stored()).toEqual([key]);
    await app.http.get(path).expect(200, 'bar');
    await app.http.delete(path).expect(200, 'success');
  });

  it.each(['put', 'get', 'delete'] as const)(
    '%s refuses the keys of the app itself',
    async (method) => {
      await redis.set('_app:x', 'session of somebody');

      await app.http[method]('/_app:x').type('form').send('data=mine').expect(403);
      await app.http[method]('/%5Fapp%3Ax').type('form').send('data=mine').expect(403);
      expect(await redis.get('_app:x')).toBe('session of somebody');
    },
  );

  it.each(['/%', '/%z', '/%zz', '/%0g', '/%0:', '/%0@', '/a%2', '/%ff', '/%C3%28', '/%ED%A0%80'])(
    'answer 400 to %s, which is not percent-encoded UTF-8',
    async (path) => {
      await put(path, 'data=bar').expect(400, /malformed % escape/);
      await app.http.get(path).expect(400, /malformed % escape/);
      await app.http.delete(path).expect(400, /malformed % escape/);
      expect(await stored()).toEqual([]);
    },
  );

  it.each(['post', 'patch', 'options', 'trace', 'propfind'] as const)(
    'answer 405 to %s, with what is allowed',
    async (method) => {
      const agent = app.http as unknown as Record<string, typeof app.http.get>;
      const response = await agent[method]!('/foo').expect(405);

      expect(response.headers.allow!.split(', ').sort()).toEqual(['DELETE', 'GET', 'HEAD', 'PUT']);
    },
  );

  it('leave a path that ends in a slash alone', async () => {
    await app.http.get('/foo/').expect(404, 'Not Found');
  });
});

describe('a request for a key', () => {
  it('is matched by one router: that of the keys comes first', async () => {
    const match = jest.spyOn(Router.prototype, 'match');
    await put('/foo', 'data=bar').expect(201);
    await app.http.get('/foo').expect(200);
    expect(match).toHaveBeenCalledTimes(2);
    match.mockRestore();
  });
});

describe('PUT /:key', () => {
  it.each([
    ['no body', ''],
    ['another field', 'date=bar'],
    ['the field without a value', 'data'],
  ])('answers 400 to %s', async (_name, body) => {
    await put('/foo', body).expect(400, 'data field missing');
    expect(await stored()).toEqual([]);
  });

  it.each(['text/plain', 'application/xml', 'multipart/form-data; boundary=x'])(
    'answers 400 to a body of type %s',
    async (type) => {
      await app.http
        .put('/foo')
        .set('Content-Type', type)
        .send('data=bar')
        .expect(400, 'data field missing');
      expect(await stored()).toEqual([]);
    },
  );

  it('answers 400 to a malformed escape in the form', async () => {
    await put('/foo', 'data=100%').expect(400, /malformed % escape.*write %25/);
    await put('/foo', '%zz=1&data=bar').expect(400, /malformed % escape.*write %25/);
    expect(await stored()).toEqual([]);
  });

  it('answers 400 to a form of more than a thousand fields', async () => {
    await put('/foo', '&'.repeat(1000) + 'data=bar').expect(400);
    expect(await stored()).toEqual([]);
    await put('/foo', '&'.repeat(999) + 'data=bar').expect(201);
  });

  it('takes a body without a type for a form', async () => {
    const headers = 'Host: app\r\nContent-Length: 8';
    const { status } = send(app.port, `PUT /foo HTTP/1.1\r\n${headers}\r\n\r\ndata=bar`);
    expect(await status).toBe(201);
    expect(await redis.get('foo')).toBe('bar');
  });

  it('finds data among other fields, wherever it stands, and takes the last of several', async () => {
    await put('/foo', 'a=1&data=first&b=2&d%61ta=last&=&&c').expect(201);
    expect(await redis.get('foo')).toBe('last');
  });

  it('stores an empty value', async () => {
    await put('/foo', 'data=').expect(201);
    await app.http.get('/foo').expect(200, '');
  });

  it('replaces what is there, of any type', async () => {
    await redis.rpush('foo', 'a list');
    await put('/foo', 'data=bar').expect(201);
    expect(await redis.get('foo')).toBe('bar');
  });

  it('keeps every byte that a form can carry', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const escaped = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
    await put('/foo', `data=${escaped}`).expect(201);

    expect(await redis.getBuffer('foo')).toEqual(bytes);
    expect((await getBytes('/foo')).body).toEqual(bytes);
  });

  it('keeps bytes that come unescaped', async () => {
    await put('/foo', Buffer.from('data=\xff\xfe+\x00%2B', 'latin1')).expect(201);
    expect(await redis.getBuffer('foo')).toEqual(Buffer.from('\xff\xfe \x00+', 'latin1'));
  });

  it('takes a value of 1 MB, also when each byte is escaped', async () => {
    await put('/foo', `data=${'%00'.repeat(MEGABYTE)}`).expect(201);
    const { body } = await getBytes('/foo');
    expect(Buffer.alloc(MEGABYTE).equals(body)).toBe(true);
  });

  it('answers 413 to a value of one byte more', async () => {
    await put('/foo', `data=${'x'.repeat(MEGABYTE + 1)}`).expect(413);
    expect(await stored()).toEqual([]);
  });

  it('answers 413 to a body of more than such a value needs', async () => {
    await put('/foo', `data=${'%00'.repeat(MEGABYTE + 1000)}`).expect(413);
    expect(await stored()).toEqual([]);
  });

  it('answers 413 to a length of which the last 32 bits are few bytes', async () => {
    const { status } = send(app.port, formRequest('PUT /foo', 'data=bar', 2 ** 32 + 8));
    expect(await status).toBe(413);
  });

  it('closes the connection of a client that would send more, and says so', async () => {
    const { socket } = send(app.port, formRequest('PUT /foo', 'data=', 4 * MEGABYTE));
    let answer = '';
    for await (const data of socket) answer += String(data);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toMatch(/^Connection: close\r$/m);
  });

  it('answers 415 to a compressed body', async () => {
    await put('/foo', 'data=bar').set('Content-Encoding', 'gzip').expect(415);
    expect(await stored()).toEqual([]);
  });

  it('takes a body that comes in chunks, but no large one', async () => {
    await putChunks('data=', 'bar').expect(201);
    expect(await redis.get('foo')).toBe('bar');
    await putChunks('data=', 'x'.repeat(MEGABYTE)).expect(411);
    expect(await redis.get('foo')).toBe('bar');
  });

  it('keeps the order of chunks, up to a body of 1 MB', async () => {
    const chunks = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(10_000));
    await putChunks('data=', ...chunks).expect(201);
    expect(await redis.get('foo')).toBe(chunks.join(''));
    await putChunks('data=', 'x'.repeat(MEGABYTE - 5)).expect(201);
    await putChunks('data=', 'x'.repeat(MEGABYTE - 4)).expect(411);
    expect(await redis.strlen('foo')).toBe(MEGABYTE - 5);
  });

  it('lets large bodies wait for each other', async () => {
    const body = `data=${'x'.repeat(MEGABYTE)}`;
    const puts = Array.from({ length: 10 }, (_, i) => put(`/foo-${i}`, body).expect(201));

    await Promise.all(puts);
    expect(await stored()).toHaveLength(10);
  });

  describe('with JSON', () => {
    const putJson = (body: string) =>
      app.http.put('/foo').set('Content-Type', 'application/json').send(body);

    it('stores the text of data as UTF-8', async () => {
      await putJson('{"data": "b\\u00e4r 🔑 \\u0000"}').expect(201, 'success');
      await app.http.get('/foo').expect(200, 'bär 🔑 \0');
    });

    it('may have white space around it', async () => {
      await putJson('\r\n\t {"data": "bar"}\n').expect(201, 'success');
    });

    it('takes a ttl', async () => {
      await putJson('{"data": "bar", "ttl": 100}').expect(201);
      expect(await redis.ttl('foo')).toBe(100);
    });

    it.each([
      ['a number as a text', '"100"', 100],
      ['null, which is none', 'null', -1],
    ])('takes a ttl that is %s', async (_what, ttl, seconds) => {
      await putJson(`{"data": "bar", "ttl": ${ttl}}`).expect(201);
      expect(await redis.ttl('foo')).toBe(seconds);
    });

    it.each([
      ['no data', '{}', 'data field missing'],
      ['nothing', '', 'data field missing'],
      ['a list', '["data"]', 'data field missing'],
      ['data that is a number', '{"data": 1}', 'data must be a string'],
      ['a ttl that is a list', '{"data": "x", "ttl": [60]}', /^ttl must be a whole number/],
      ['a ttl that is no text', '{"data": "x", "ttl": {"toString": 1}}', /^ttl must be/],
      ['data that is null', '{"data": null}', 'data must be a string'],
      ['what is no JSON', '{"data": ', 'the body is not valid JSON'],
      ['a text without its end', '{"data": "x', 'the body is not valid JSON'],
      ['a text instead of an object', '"data"', 'the body is not valid JSON'],
    ])('answers 400 to %s', async (_name, body, message) => {
      await putJson(body).expect(400, message);
      expect(await stored()).toEqual([]);
    });

    it.each([
      ['fields', `{${'"a":1,'.repeat(1000)}"data":"x"}`],
      ['elements', `{"data":"x","list":[${'{},'.repeat(1000)}1]}`],
      ['lists within lists', `${'['.repeat(2000)}${']'.repeat(2000)}`],
      ['objects within objects', `${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}`],
    ])('answers 400 to more than a thousand %s', async (_name, body) => {
      await putJson(body).expect(400, 'JSON may have 1000 fields and elements');
      expect(await stored()).toEqual([]);
    });

    it('takes a thousand', async () => {
      await putJson(`{${'"a":1,'.repeat(999)}"data":"x"}`).expect(201);
      await putJson(`{${'"a":1,'.repeat(1000)}"data":"y"}`).expect(400);
      expect(await redis.get('foo')).toBe('x');
    });

    it('counts nothing in the text of a value', async () => {
      const data = '{[,"\\'.repeat(2000);
      await putJson(JSON.stringify({ data })).expect(201);
      expect(await redis.get('foo')).toBe(data);
    });

    it('answers 411 without a Content-Length', async () => {
      const request = app.http.put('/foo').set('Content-Type', 'application/json');
      request.write('{"data": "x"}');
      await request.expect(411, 'send JSON with a Content-Length');
    });

    it('answers 413 to more than 1 MB, and tells to send a form', async () => {
      const jsonOf = (bytes: number) => `{"data":"${'x'.repeat(bytes - '{"data":""}'.length)}"}`;
      await putJson(jsonOf(MEGABYTE)).expect(201);
      await putJson(jsonOf(MEGABYTE + 1)).expect(413, /send a form/);
      await putJson(JSON.stringify({ data: 'x'.repeat(MEGABYTE) })).expect(413, /send a form/);
    });

    it('knows it in any letter case, with a charset', async () => {
      const type = 'Application/JSON; charset=UTF-8';
      await app.http.put('/foo').set('Content-Type', type).send('{"data":"bar"}').expect(201);
    });
  });

  describe('with ttl', () => {
    it('lets the key expire after so many seconds', async () => {
      await put('/foo', 'data=bar&ttl=60').expect(201);
      expect(await redis.ttl('foo')).toBe(60);
    });

    it('lets it be a single second', async () => {
      await put('/foo', 'data=bar&ttl=1').expect(201);
      const timeLeft = await redis.pttl('foo');
      expect(timeLeft).toBeGreaterThan(0);
      expect(timeLeft).toBeLessThanOrEqual(1000);
    });

    it('lets it be the longest that Redis and its clients agree upon', async () => {
      await put('/foo', 'data=bar&ttl=2147483647').expect(201);
      expect(await redis.ttl('foo')).toBeGreaterThan(2_147_483_000);
    });

    it('replaces what is there, whose time begins anew', async () => {
      await redis.set('foo', 'old', 'EX', 10);
      await put('/foo', 'data=bar&ttl=60').expect(201, 'success');
      expect([await redis.get('foo'), await redis.ttl('foo')]).toEqual(['bar', 60]);
    });

    it('without it keeps the key for ever, also one that would have expired', async () => {
      await redis.set('foo', 'bar', 'EX', 60);
      await put('/foo', 'data=bar').expect(201);
      expect(await redis.ttl('foo')).toBe(-1);
    });

    it.each(['0', '-1', '1.5', '1e3', 'soon', '', '%20', '2147483648', '0x10'])(
      'answers 400 to a ttl of "%s"',
      async (ttl) => {
        await put('/foo', `data=bar&ttl=${ttl}`).expect(400, /^ttl must be a whole number/);
        expect(await stored()).toEqual([]);
      },
    );
  });
});

describe('GET /:key', () => {
  it('answers with plain text that no browser takes for HTML', async () => {
    await put('/foo', 'data=%3Cscript%3Ealert(1)%3C/script%3E').expect(201);

    const { headers } = await app.http.get('/foo').expect(200, '<script>alert(1)</script>');
    expect(headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
    });
  });

  it('reads what another client has stored, byte for byte', async () => {
    const bytes = Buffer.from([0xff, 0x00, 0xc3, 0x28, 0xef, 0xbb, 0xbf]);
    await redis.set('foo', bytes);

    expect((await getBytes('/foo')).body).toEqual(bytes);
  });

  it.each([
    ['list', () => redis.rpush('foo', 'a')],
    ['hash', () => redis.hset('foo', 'a', '1')],
    ['set', () => redis.sadd('foo', 'a')],
    ['zset', () => redis.zadd('foo', 1, 'a')],
    ['stream', () => redis.xadd('foo', '*', 'a', '1')],
  ])('answers 409 to a key that holds a %s, and names it', async (type, store) => {
    await store();
    await app.http.get('/foo').expect(409, `the key holds a ${type}, not a string`);
  });

  it.each([16 * 1024 - 1, 16 * 1024, 16 * 1024 + 1, MEGABYTE, 8 * MEGABYTE])(
    'reads a value of %i bytes whole',
    async (length) => {
      const value = Buffer.alloc(length, 'ab');
      await redis.set('foo', value);
      const { body } = await getBytes('/foo');
      expect(value.equals(body)).toBe(true);
    },
  );

  it('answers 409 to a value that is too large for an instance', async () => {
    await redis.set('foo', Buffer.alloc(8 * MEGABYTE + 1));
    await app.http.get('/foo').expect(409, 'the key holds 8388609 bytes: too many to show');
  });

  it('reads an empty value', async () => {
    await redis.set('foo', '');
    await app.http.get('/foo').expect(200, '');
  });

  it('keeps the connection of a client that asks for a key which is not there', async () => {
    const { status, headers } = await fetch(`http://127.0.0.1:${app.port}/foo`);
    expect([status, headers.get('connection')]).toEqual([404, 'keep-alive']);
  });

  it('answers HEAD with the length and no body', async () => {
    await redis.set('foo', 'bar');
    const { headers } = await app.http.head('/foo').expect(200);
    expect(headers['content-length']).toBe('3');
  });
});

describe('DELETE /:key', () => {
  it('answers 404 to a key that is not there', async () => {
    await app.http.delete('/foo').expect(404, 'key not present');
  });

  it('deletes a key of any type', async () => {
    await redis.rpush('foo', 'a');
    await app.http.delete('/foo').expect(200, 'success');
    expect(await redis.exists('foo')).toBe(0);
  });
});

describe('every answer', () => {
  it.each(['/foo', '/', '/status/health', '/%zz', '/no/such/path', '/_app:x'])(
    'to %s names the instance',
    async (path) => {
      const { headers } = await app.http.get(path);
      expect(headers['x-app-instance']).toMatch(/^0\/[0-9a-f]{8}$/);
      expect(headers['x-content-type-options']).toBe('nosniff');
    },
  );
});

describe('a value that has become longer since its length was read', () => {
  it('is not cut off, but read anew', async () => {
    const replies = createByteBudget(VALUE_REPLIES);
    const { readWhole } = createValues({ primary: redis, replica: null, replies });
    await redis.set('foo', 'bar');
    expect(await readWhole('foo', 3)).toEqual(Buffer.from('bar'));
    await redis.append('foo', 's');
    expect(await readWhole('foo', 3)).toBeNull();
  });
});

describe('a large value that changes while it is read', () => {
  const head = { bytes: Buffer.from('b'), isWhole: false };
  const whole = Buffer.from('bars');

  it('is read when there is room for two copies of it', async () => {
    const hold = jest.fn(() => Promise.resolve());
    const origin = await serveValues({}, hold);
    expect(await (await fetch(`${origin}/foo`)).text()).toBe('bars');
    expect(hold.mock.calls).toEqual([[expect.anything(), whole.length, 2]]);
  });

  it('is read again', async () => {
    const origin = await serveValues({ readWhole: finding(null, null, whole) });
    const answer = await fetch(`${origin}/foo`);
    expect([answer.status, await answer.text()]).toEqual([200, 'bars']);
  });

  it('is given up on after the third time', async () => {
    const readWhole = finding(null, null, null, whole);
    const origin = await serveValues({ readWhole });
    const answer = await fetch(`${origin}/foo`);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await answer.text()).toBe('the value changes too often to be read');
    expect(readWhole).toHaveBeenCalledTimes(3);
  });

  it('is not present when it is gone by then', async () => {
    const origin = await serveValues({ readLength: () => Promise.resolve(0) });
    const answer = await fetch(`${origin}/foo`);
    expect([answer.status, await answer.text()]).toEqual([404, 'key not present']);
  });

  /** Finds one after the other; null: the value has become longer. */
  function finding(...found: (Buffer | null)[]) {
    return jest.fn(() => Promise.resolve(found.shift()!));
  }

  function serveValues(values: Partial<Values>, hold = () => Promise.resolve()): Promise<string> {
    const koa = new Koa();
    answerErrors(
      koa,
      createToAnswer(app.availability, 'open', () => {}),
    );
    const readHead = () => Promise.resolve(head);
    const readLength = () => Promise.resolve(whole.length);
    koa.use(
      keyRoutes({
        redis,
        values: { readHead, readLength, readWhole: finding(whole), ...values },
        hold,
        confirm: null,
      }),
    );
    return serve(koa.callback());
  }
});

function putChunks(...chunks: string[]) {
  const put = app.http.put('/foo').set('Content-Type', FORM).set('Transfer-Encoding', 'chunked');
  for (const chunk of chunks) put.write(chunk);
  return put;
}

/** superagent would decode the bytes as text. */
function collect(response: unknown, done: (error: Error | null, bytes: Buffer) => void): void {
  const chunks: Buffer[] = [];
  const stream = response as NodeJS.ReadableStream;
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('end', () => done(null, Buffer.concat(chunks)));
}
