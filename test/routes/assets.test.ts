/** How the files of the page travel: compressed, once, and of one version. */
import { startApp } from '../support/app.ts';

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
  const closed = await startApp({ ...named, DIAGNOSTICS: 'closed' });
  expect((await closed.http.get('/').set('Accept', HTML)).text).not.toContain('alert(1)');
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

it('curl and programs get English, whatever language they ask for', async () => {
  const { http } = await startApp({});
  for (const Accept of ['*/*', 'application/json']) {
    const english = await http.get('/').set({ Accept });
    const asked = await http.get('/?language=ko').set({ Accept, 'Accept-Language': 'ko' });
    expect(asked.text).toBe(english.text);
    expect(asked.headers.vary).toBe(english.headers.vary);
  }
});
