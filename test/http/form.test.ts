/** How long the body of a form may be, whether it comes as a whole or in chunks. */
import Koa from 'koa';
import request from 'supertest';
import { readFields, readText } from '../../src/http/form.ts';
import { type Hold, SMALL } from '../../src/http/large-bodies.ts';
import { serve } from '../support/serve.ts';
import { formRequest, send } from '../support/stranger.ts';
import { until } from '../support/until.ts';

/** An app that answers with the field `a` of a form. */
async function startApp(limit: number, hold?: Hold) {
  const koa = new Koa();
  koa.silent = true;
  koa.use(async (ctx) => {
    ctx.body = readText(ctx, await readFields(ctx, limit, hold), 'a');
  });
  return request(await serve(koa.callback()));
}

describe.each([
  ['Content-Length', 'a body may have 10 bytes'],
  ['Transfer-Encoding', 'a body may have 10 bytes without a Content-Length'],
] as const)('a form with a %s', (header, refusal) => {
  async function send(text: string) {
    const value = header === 'Content-Length' ? String(text.length) : 'chunked';
    const post = (await startApp(10)).post('/').type('form').set(header, value);
    for (const part of [text.slice(0, 5), text.slice(5)]) post.write(part);
    return post;
  }

  it('has as many bytes as its route allows', async () => {
    expect(await send('a=23456789')).toMatchObject({ status: 200, text: '23456789' });
  });

  it('is answered 413 when it has one more', async () => {
    expect(await send('a=234567890')).toMatchObject({ status: 413, text: refusal });
  });
});

it('a route that allows large forms has to take room for them', async () => {
  const post = async (limit: number) => (await startApp(limit)).post('/').type('form').send('a=b');
  expect(await post(SMALL)).toMatchObject({ status: 200, text: 'b' });
  expect(await post(SMALL + 1)).toMatchObject({ status: 500 });
});

it('a short form may come in chunks of one byte', async () => {
  let hasCome = false;
  const koa = new Koa();
  koa.use(async (ctx) => {
    hasCome = true;
    ctx.body = readText(ctx, await readFields(ctx, 100), 'a');
  });
  const { port } = new URL(await serve(koa.callback()));
  const type = 'Content-Type: application/x-www-form-urlencoded';
  const headers = `Host: app\r\n${type}\r\nTransfer-Encoding: chunked`;
  const { socket, status } = send(Number(port), `POST / HTTP/1.1\r\n${headers}\r\n\r\n`);
  await until('the request has come', () => hasCome);
  const chunks = Array.from('a=23456789', (byte) => `1\r\n${byte}\r\n`);
  socket.write(`${chunks.join('')}0\r\n\r\n`);
  expect(await status).toBe(200);
});

/** Of a body that needs room. */
const LARGE = 3 * SMALL; // bytes

describe('the room for a body', () => {
  const form = (bytes: number) => `a=${'x'.repeat(bytes - 2)}`;
  const json = (bytes: number) => `{"a":"${'x'.repeat(bytes - 8)}"}`;
  const more = SMALL + 1;

  it.each([
    ['of a form of 16 KiB is none', 'form', 'Content-Length', form(SMALL), []],
    ['of a longer one is for 3 copies', 'form', 'Content-Length', form(more), [[more, 3]]],
    ['of JSON of 16 KiB is none', 'json', 'Content-Length', json(SMALL), []],
    ['of longer JSON is for 8 copies', 'json', 'Content-Length', json(more), [[more, 8]]],
    ['in chunks of 16 KiB is none', 'form', 'Transfer-Encoding', form(SMALL), []],
    ['in more is for all that may come', 'form', 'Transfer-Encoding', form(more), [[LARGE, 3]]],
  ])('%s', async (_what, type, header, body, room) => {
    const taken: number[][] = [];
    const app = await startApp(LARGE, async (_ctx, bytes, copies) => {
      taken.push([bytes, copies]);
    });
    const value = header === 'Content-Length' ? String(body.length) : 'chunked';
    const post = app.post('/').type(type).set(header, value);
    post.write(body);
    expect((await post).text).toMatch(/^x+$/);
    expect(taken).toEqual(room);
  });
});

describe('a request whose client leaves', () => {
  it('while its body comes is given up', async () => {
    expect(await leave('while its body comes')).toMatchObject({ code: 'ECONNRESET' });
  });

  it('while it waits for room is given up', async () => {
    const message = 'the request was broken off';
    expect(await leave('while it waits')).toMatchObject({ status: 400, message });
  });

  /** Returns what readFields throws. */
  async function leave(when: 'while its body comes' | 'while it waits'): Promise<Error> {
    let hasCome = false;
    let failure: Error | undefined;
    const koa = new Koa();
    koa.silent = true;
    koa.use(async (ctx) => {
      const hold: Hold = async () => {
        hasCome = true;
        if (when === 'while it waits') await new Promise((left) => ctx.req.once('close', left));
      };
      await readFields(ctx, LARGE, hold).catch((error: Error) => (failure = error));
    });
    const { port } = new URL(await serve(koa.callback()));
    const { socket } = send(Number(port), formRequest('POST /', 'a=', LARGE));
    await until('the request has come', () => hasCome);
    socket.destroy();
    return until('the request is given up', () => failure);
  }
});
