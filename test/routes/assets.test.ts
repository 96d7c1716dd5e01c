/** How the files of the page travel: compressed, once, and of one version. */
import type { Environment } from '../../src/cloudfoundry/sources.ts';
import { bound, startApp } from '../support/app.ts';

const HTML = 'text/html';
const STYLE = 'styles/page.css';

it('a visitor who has been here before gets none of it again', async () => {
  const { http } = await startApp({});
  const page = await http.get('/').set('Accept', HTML).expect(200);
  expect(page.headers).toMatchObject({
    'content-encoding': 'gzip',
    'cache-control': 'no-cache',
    vary: 'Accept, Accept-Language, Cookie, Accept-Encoding',
  });
  const again = { Accept: HTML, 'If-None-Match': page.headers.etag! };
  await http.get('/').set(again).expect(304, '');

  const [base] = /\/assets\/[\w-]{16}/.exec(page.text)!;
  const style = await http.get(`${base}/${STYLE}`).expect(200).expect('Content-Encoding', 'gzip');
  expect(style.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect(page.text).not.toContain('{{');
});

it('a file is there for the other version of a rolling deployment, until the next visit', async () => {
  const { http } = await startApp({});
  for (const path of [STYLE, `another-version-0/${STYLE}`]) {
    const { headers, type } = await http.get(`/assets/${path}`).expect(200);
    expect([headers['cache-control'], type]).toEqual(['no-cache', 'text/css']);
    await http.get(`/assets/${path}`).set('If-None-Match', headers.etag!).expect(304);
  }
  await http.get('/assets/another-version-0/nothing.css').expect(404);
});

it('a client that takes no compression gets the file as it is', async () => {
  const { http } = await startApp({});
  const { headers, text } = await http
    .get(`/assets/${STYLE}`)
    .set('Accept-Encoding', 'identity')
    .expect(200);
  expect(headers['content-encoding']).toBeUndefined();
  expect(text).toContain('body {');
});

it('nothing but the name of the app is written into the page, and it is escaped', async () => {
  const name = '"><script>alert(1)</script>';
  const named = { VCAP_APPLICATION: JSON.stringify({ name }) };
  const open = await (await startApp(named)).http.get('/').set('Accept', HTML);
  expect(open.text).not.toContain('<script>alert');
  expect(open.text).toContain('&lt;script&gt;');
  for (const DIAGNOSTICS of ['closed', 'operator']) {
    const closed = await startApp({ ...named, DIAGNOSTICS });
    expect((await closed.http.get('/').set('Accept', HTML)).text).not.toContain('alert(1)');
  }
});

it('the pages have the language that the browser keeps, or the first of its settings', async () => {
  const { http } = await startApp({});
  const ask = async (language: string, cookie = '', path = '/') => {
    const headers = { Accept: HTML, 'Accept-Language': language, Cookie: cookie };
    const { text, headers: answered } = await http.get(path).set(headers).expect(200);
    const [, tag] = /<html lang="(\w+)">/.exec(text)!;
    return { tag, kept: answered['set-cookie']?.[0], etag: answered.etag };
  };

  expect(await ask('ko-KR,ko;q=0.9,en-US;q=0.8')).toMatchObject({ tag: 'ko', kept: undefined });
  expect(await ask('en-US,en;q=0.9,ko;q=0.8')).toMatchObject({ tag: 'en' });
  expect(await ask('tlh')).toMatchObject({ tag: 'en' });
  expect(await ask('en', 'language=ko')).toMatchObject({ tag: 'ko' });
  expect(await ask('en', 'language=../ko')).toMatchObject({ tag: 'en' });
  const chosen = await ask('en', 'language=en', '/?language=ko');
  expect(chosen).toMatchObject({ tag: 'ko', etag: (await ask('ko')).etag });
  expect(chosen.kept).toMatch(/^language=ko; path=\/; expires=.*; samesite=lax; httponly$/);
  expect(chosen.etag).not.toBe((await ask('en')).etag);
});

it('a language that the user chooses is kept for a year', async () => {
  const { http } = await startApp({});
  const { headers } = await http.get('/?language=ko').set('Accept', HTML).expect(200);
  const [, expires] = /expires=([^;]*)/.exec(headers['set-cookie']![0]!)!;
  const days = (Date.parse(expires!) - Date.now()) / (24 * 60 * 60 * 1000);
  expect(Math.round(days)).toBe(365);
});

it('a language that there is not is not kept', async () => {
  const { http } = await startApp({});
  const { headers, text } = await http.get('/?language=tlh').set('Accept', HTML).expect(200);
  expect(text).toContain('<html lang="en">');
  expect(headers['set-cookie']).toBeUndefined();
  const kept = http.get('/?language=tlh').set({ Accept: HTML, Cookie: 'language=ko' });
  await kept.expect(200, /<html lang="ko">/);
});

it('over HTTPS, no other app of the domain can set the language', async () => {
  const { http } = await startApp({ TRUSTED_PROXIES: '1' });
  const https = { Accept: HTML, 'X-Forwarded-Proto': 'https' };
  const chosen = await http.get('/?language=ko').set(https).expect(200);
  const [cookie] = chosen.headers['set-cookie'] as unknown as string[];
  expect(cookie).toMatch(/^__Host-language=ko; path=\/; .*; secure; httponly$/);
  for (const [Cookie, tag] of [
    ['__Host-language=ko', 'ko'],
    ['language=ko', 'en'],
  ] as const)
    await http
      .get('/')
      .set(https)
      .set({ Cookie })
      .expect(200, new RegExp(`<html lang="${tag}">`));
});

it('a page leads to itself in each other language', async () => {
  const { http } = await startApp({});
  for (const [tag, other, name] of [
    ['en', 'ko', '한국어'],
    ['ko', 'en', 'English'],
  ]) {
    const { text } = await http.get(`/?language=${tag}`).set('Accept', HTML).expect(200);
    const links = Array.from(text.matchAll(/<a href="\?language=.*?<\/a>/g), ([link]) => link);
    expect(links).toEqual([
      `<a href="?language=${other}" hreflang="${other}" lang="${other}">${name}</a>`,
    ]);
  }
});

it.each<[string, Environment, string]>([
  ['that nothing is bound', {}, 'data-bound="none"'],
  ['that what is bound cannot be used', bound({ host: 'h', port: 'x' }), 'data-bound="unusable"'],
  ['who may use keys', { KEYS: 'signed-in' }, 'data-keys="signed-in"'],
  ['who may read diagnostics', { DIAGNOSTICS: 'closed' }, 'data-diagnostics="closed"'],
  ['where sessions are', { SESSIONS: 'memory' }, 'data-sessions="memory"'],
  ['who may sign up', { SIGN_UP: 'closed' }, 'data-sign-up="closed"'],
  ['that there is an operator', { OPERATOR_PASSWORD: 'four random words' }, 'data-operator="on"'],
  ['that there is none', {}, 'data-operator="off"'],
])('the page knows %s', async (_what, env, attribute) => {
  const { http } = await startApp(env);
  const { text } = await http.get('/').set('Accept', HTML).expect(200);
  expect(text).toContain(attribute);
});

it('curl and programs get English, whatever language they ask for', async () => {
  const { http } = await startApp({});
  for (const Accept of ['*/*', 'application/json']) {
    const english = await http.get('/').set({ Accept });
    const asked = await http.get('/?language=ko').set({ Accept, 'Accept-Language': 'ko' });
    expect(asked.text).toBe(english.text);
    expect(asked.headers.vary).toBe(english.headers.vary);
  }
});
