/** How long the body of a form may be, whether it comes as a whole or in chunks. */
import Koa from 'koa';
import request from 'supertest';
import { readFields, readText } from '../../src/http/form.ts';
import { SMALL } from '../../src/http/large-bodies.ts';
import { serve } from '../support/serve.ts';

/** An app that answers with the field `a` of a form. */
async function startApp(limit: number) {
  const koa = new Koa();
  koa.silent = true;
  koa.use(async (ctx) => {
    ctx.body = readText(ctx, await readFields(ctx, limit), 'a');
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
