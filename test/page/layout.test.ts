/** The page on a stage: it fits, nothing jumps, it is light, and the last row can read it. */
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { findCut, findEnglishOn } from '../languages/support.ts';
import { startProgram } from '../support/program.ts';
import { connectWithPassword } from '../support/topologies.ts';
import { until } from '../support/until.ts';
import {
  app,
  environment,
  findBarriers,
  NOT_SIGNED_IN,
  open,
  page,
  REDIS_PASSWORD,
  scrollWidth,
  server,
  signUpHere,
  tolerate,
  untilSaid,
  visit,
} from './support.ts';

const KEY = '_app:instances';
const DESK = { width: 1280, height: 800 };
const PROJECTOR = { width: 1024, height: 768 };
const PHONE = { width: 390, height: 844 };

let redis: Redis;
beforeAll(() => {
  redis = connectWithPassword(server, null, REDIS_PASSWORD);
});

/** Beside the one that runs, instances of which nothing is there but their entries. */
async function list(count: number): Promise<void> {
  for (let index = 1; index < count; index++) await redis.hset(KEY, guid(index), entry(index, 0));
  await until(`${count} lanes`, async () => (await page.locator('.lane').count()) >= count);
}

async function unlist(count: number): Promise<void> {
  for (let index = 1; index < count; index++) await redis.hdel(KEY, guid(index));
}

const guid = (index: number) => `${String(index).padStart(8, '0')}-0000-0000-0000-000000000000`;

function entry(index: number, silence: number): string {
  const load = { memory: 64e6, cpu: 0.01, requestsPerSecond: 12.5, p95: 12.5, eventLoopLag: 0 };
  const limits = { memoryLimit: 2 ** 28, cpuLimit: null };
  const status = { index, guid: guid(index), startedAt: Date.now() - 20_000, ...limits, ...load };
  const seenAt = silence > 0 ? Date.now() - silence : Date.now() + 60_000; // it stays
  return JSON.stringify({ seenAt, status });
}

describe.each([DESK, PROJECTOR])('on a screen of %j', (size) => {
  it('the page fits without scrolling, and stays where it is, with 1 to 12 instances', async () => {
    await page.setViewportSize(size);
    const { user } = await signUpHere();
    await visit();
    await untilSaid(`${user} is still signed in.`);
    const places = [await readPlaces()];
    for (const count of [4, 12]) {
      await list(count);
      await page
        .locator('tbody tr')
        .nth(count - 1)
        .waitFor();
      places.push(await readPlaces());
    }
    await unlist(12);

    expect(places[0]).toMatchObject({ page: size.height, cut: [] });
    expect(places[1]).toEqual(places[0]);
    expect(places[2]).toEqual(places[0]);
  });
});

it('the headline that is longest moves nothing', async () => {
  await page.setViewportSize(PROJECTOR);
  await visit();
  await untilSaid('Redis works.');
  const before = await readPlaces();
  await page.evaluate(`
    document.querySelector('.stage').style.setProperty('--letters', 45);
    document.querySelector('[data-headline]').textContent = 'Redis is away. guest-abcd is waiting: 2 min 30 s';
  `);
  const after = await readPlaces();
  expect(after.parts).toEqual(before.parts);
});

/** As in a browser that has not seen the page yet. */
async function clearCache(): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.clearBrowserCache');
  await session.detach();
}

interface Places {
  page: number;
  /** What has more in it than is seen. */
  cut: string[];
  parts: number[][];
}

function readPlaces(): Promise<Places> {
  return page.evaluate(`({
    page: Math.max(innerHeight, document.documentElement.scrollHeight),
    cut: [...document.querySelectorAll('.scroll, .labels, .card, .numbers')]
      .filter((each) => each.scrollHeight > each.clientHeight + 1 || each.scrollWidth > each.clientWidth + 1)
      .map((each) => each.className),
    parts: [...document.querySelectorAll('header, h1, .under, .tape, .card')].map((each) => {
      const { x, y, width, height } = each.getBoundingClientRect();
      return [x, y, width, height].map(Math.round);
    }),
  })`);
}

describe.each([DESK, PHONE])('on a screen of %j', (size) => {
  it('nothing jumps while the page loads, nor while instances come', async () => {
    await page.setViewportSize(size);
    const { user } = await signUpHere();
    await clearCache();
    const script = await page.addInitScript(`
      window.shift = 0;
      new PerformanceObserver((list) => {
        for (const { value } of list.getEntries()) shift += value;
      }).observe({ type: 'layout-shift', buffered: true });
    `);
    await visit();
    await untilSaid(`${user} is still signed in.`);
    await list(4);
    await page.locator('tbody tr').nth(3).waitFor({ state: 'attached' });
    await unlist(4);
    await page.getByText('scaled to 1').waitFor();
    expect(await page.evaluate('shift')).toBeLessThan(0.02);
    await script.dispose();
  });
});

it('a reload transfers less than 5 KB', async () => {
  await visit();
  await untilSaid('Redis works.');
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  let bytes = 0;
  session.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
  session.on('Network.dataReceived', ({ encodedDataLength }) => (bytes += encodedDataLength));
  await page.reload();
  await untilSaid('Redis works.');
  await session.detach();

  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThan(5000);
});

it('with forced colours, has no barriers, and bands have outlines', async () => {
  await page.emulateMedia({ forcedColors: 'active' });
  await visit();
  await untilSaid('Redis works.');
  const band = page.locator('.band').first();
  await band.waitFor();
  expect(await band.evaluate((each) => getComputedStyle(each).strokeWidth)).toBe('1.5px');
  expect(await findBarriers()).toEqual([]);
});

it('by the keyboard alone, somebody becomes a guest, pauses, looks into the account, and leaves', async () => {
  tolerate(NOT_SIGNED_IN); // of a request that is on its way
  await visit();
  await untilSaid('Redis works.');
  await press('Continue as a guest');
  await untilSaid('is still signed in.');
  await press('Pause');
  await press('Go on');
  await page.keyboard.press('p');
  await page.getByRole('button', { name: 'Go on' }).waitFor();
  await page.keyboard.press('p');
  await press(/^guest-/);
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await press(/^Sign out$/);
  await untilSaid('is signed out.');

  /** Tabs to a button and presses it. */
  async function press(name: string | RegExp): Promise<void> {
    await until(`focus on ${String(name)}`, async () => {
      await page.keyboard.press('Tab');
      const text = await page.evaluate<string>('document.activeElement.textContent.trim()');
      return typeof name === 'string' ? text === name : name.test(text);
    });
    await page.keyboard.press('Enter');
  }
});

it('at a fifth of its size, the headline, the thread and the cross can be told', async () => {
  await page.setViewportSize(DESK);
  const { user } = await signUpHere();
  await visit();
  await untilSaid(`${user} is still signed in.`);
  await list(3);
  await redis.hset(KEY, guid(1), entry(1, 1700));
  await page.locator('.cross').waitFor();
  const picture = (await page.screenshot()).toString('base64');
  await unlist(3);

  const colors = await page.evaluate<Record<string, number>>(`(async () => {
    const image = await createImageBitmap(
      new Blob([Uint8Array.from(atob('${picture}'), (letter) => letter.charCodeAt(0))]),
      { resizeWidth: 256, resizeHeight: 160, resizeQuality: 'high' });
    const context = new OffscreenCanvas(256, 160).getContext('2d');
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, 256, 160);
    const colors = { headline: 0, thread: 0, cross: 0 };
    for (let i = 0; i < data.length; i += 4) {
      const [red, green, blue] = data.subarray(i, i + 3);
      const y = Math.floor(i / 4 / 256);
      if (green > red + 30 && green > blue + 20) colors[y < 35 ? 'headline' : 'thread']++;
      if (red > green + 60 && red > blue + 60) colors.cross++;
    }
    return colors;
  })()`);
  expect(colors.headline).toBeGreaterThan(200);
  expect(colors.thread).toBeGreaterThan(5);
  expect(colors.cross).toBeGreaterThan(3);
});

describe('in Korean', () => {
  const FORMS = ['sign-in', 'sign-up', 'change-password', 'delete-account'];

  beforeEach(async () => {
    await page.goto(`http://127.0.0.1:${app.port}/?language=ko`);
  });

  it('no text is English, cut off or hard to use, on a phone and on a desk', async () => {
    const { user } = await signUpHere();
    await visit();
    await untilSaid(`${user}님 로그인 유지 중`);
    await list(3);
    await redis.hset(KEY, guid(1), entry(1, 1700));
    await page.getByText('인스턴스 1 강제 종료').waitFor();
    await look();
    expect(await findBarriers()).toEqual([]);
    await open('자세히');
    await look();
    await page.keyboard.press('Escape');
    await open(user);
    await page.getByText('현재 세션').waitFor();
    await look();
    expect(await findBarriers()).toEqual([]);
    await unlist(3);
    for (const form of FORMS) {
      await visit(app, `/session/${form}`);
      await look();
    }
    expect(await findBarriers()).toEqual([]);

    async function look(): Promise<void> {
      expect(await findEnglishOn(page)).toEqual([]);
      for (const [width, colorScheme] of [[1280, 'light'] as const, [360, 'dark'] as const]) {
        await page.setViewportSize({ width, height: 800 });
        await page.emulateMedia({ colorScheme });
        expect(await findCut(page)).toEqual([]);
        expect(await scrollWidth()).toBe(width);
      }
    }
  });

  it('stays so until another language is chosen', async () => {
    await page.getByRole('link', { name: '로그인' }).click();
    await page.getByLabel('사용자 이름').fill('nobody');
    await page.getByLabel('비밀번호').fill('a wrong password');
    tolerate(NOT_SIGNED_IN);
    await page.keyboard.press('Enter');
    await page.getByText('사용자 이름 또는 비밀번호가 맞지 않습니다').waitFor();
    await page.getByRole('link', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await visit();
    await untilSaid('Redis works.');
  });
});

it('another language is one file', async () => {
  const copy = await mkdtemp(join(tmpdir(), 'languages-test-'));
  const root = join(import.meta.dirname, '../..');
  const filter = (path: string) => path !== join(root, 'dist/lab');
  for (const name of ['dist', 'public', 'package.json'])
    await cp(join(root, name), join(copy, name), { recursive: true, filter });
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  const languages = join(copy, 'public/assets/scripts/languages');
  const text = await readFile(join(languages, 'en.js'), 'utf8');
  const another = text
    .replace("tag = 'en'", "tag = 'eo'")
    .replace("name = 'English'", "name = 'Esperanto'")
    .replace("redisWorks: 'Redis works.'", "redisWorks: 'Redis funkcias.'")
    .replace("signIn: 'Sign in'", "signIn: 'Ensaluti'");
  await writeFile(join(languages, 'eo.js'), another);

  const program = await startProgram(environment(5), copy);
  await visit(program);
  await page.getByRole('link', { name: 'Esperanto' }).click();
  await untilSaid('Redis funkcias.');
  await page.getByRole('link', { name: 'Ensaluti' }).click();
  expect(await page.locator('html').getAttribute('lang')).toBe('eo');
  await rm(copy, { recursive: true });
});
