/** The controls of a foundry on the page: in a browser on the same machine, and nowhere else. */
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import request from 'supertest';
import { readFrame } from '../../src/lab/picture/frame.ts';
import { useFoundries } from '../lab/foundry/support.ts';
import { startBrowser } from '../support/browser.ts';
import { ROOT } from '../support/lab.ts';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const AUDIENCE = '127.0.0.2';

const foundries = useFoundries();

let foundry: Awaited<ReturnType<typeof foundries.start>>;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  const args = ['--instances', '2', '--cpu', '0', '--host', AUDIENCE];
  [foundry, browser] = await Promise.all([foundries.start({ cwd: ROOT, args }), startBrowser()]);
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
}, 60_000);

beforeEach(async () => {
  await page.goto(`${foundry.url}/session/sign-in`); // a page without scripts
  await page.context().clearCookies();
  await page.evaluate('sessionStorage.clear()');
});

const button = (name: string | RegExp) => page.getByRole('button', { name });

describe('the page of a foundry', () => {
  it('kills an instance, and scales', async () => {
    await page.goto(foundry.url);
    await button('Kill instance 1').click();
    await page.getByText('instance 1 killed').waitFor();

    await button('One instance more').click();
    await button('Kill instance 2').waitFor();
    await page.getByText(/^3 instances · /).waitFor();
    await button('One instance fewer').click();
    await page.getByText(/^2 instances · /).waitFor();
  });

  it('gives the frames of the picture in the README', async () => {
    await page.goto(foundry.url);
    await button('Continue as a guest').click();
    await page.getByText('is still signed in.').waitFor();
    await page.locator('.tick.good').first().waitFor();
    const { tape, shift, moving, fixed } = await page.evaluate(readFrame);

    expect(Math.min(tape.width, tape.height)).toBeGreaterThan(100);
    expect(shift).not.toBe(0);
    expect(new Set(moving.map(({ layer }) => layer))).toContain(2);
    expect(moving.filter(({ layer }) => layer < 0)).toEqual([]);
    expect(fixed.map(({ text }) => text)).toEqual(
      expect.arrayContaining([expect.stringMatching(/ is still signed in\.$/), 'Instance', 'lost']),
    );
  });

  it('says what the foundry refuses', async () => {
    await page.goto(foundry.url);
    await button('One instance fewer').click();
    await button('One instance fewer').click();
    await page.getByText('"0" is no number of instances: it goes from 1 to 20.').first().waitFor();
  });

  it('shows the audience a QR code on the key q', async () => {
    await page.goto(foundry.url);
    await button('QR code').waitFor();
    await page.keyboard.press('q');

    const code = page.getByRole('img', { name: `QR code of http://${AUDIENCE}:${foundry.port}` });
    await code.waitFor();
    await page.waitForFunction("document.querySelector('.audience img').naturalWidth > 0");
    expect(await findBarriers()).toEqual([]);
    await page.keyboard.press('Escape');
    expect(await code.isVisible()).toBe(false);
    expect(await findBarriers()).toEqual([]);
  });
});

describe('the page', () => {
  it.each([
    ['of the audience', () => `http://${AUDIENCE}:${foundry.port}`],
    ['of the app alone', urlOfInstance],
  ])('%s has no such controls', async (_whose, urlOf) => {
    const url = await urlOf();
    const asked: string[] = [];
    page.on('request', (each) => asked.push(new URL(each.url()).pathname));
    await page.goto(url);
    await page.getByText('Redis works', { exact: true }).waitFor();

    expect(await button(/Kill|One instance|Redis off|QR/).count()).toBe(0);
    expect(asked.filter((path) => path.startsWith('/foundry/'))).toEqual([]);
    await request(url).get('/foundry/state').expect(404);
    const headers = { 'Sec-Fetch-Site': 'same-origin' };
    await request(url).post('/foundry/kill/0').set(headers).expect(404);
  });
});

describe('the page of a foundry, at last', () => {
  it('makes Redis hang', async () => {
    await page.goto(foundry.url);
    await button('Redis off 5 s').click();
    await page.getByText('Redis does not work', { exact: true }).waitFor();
  });
});

/** As Cloud Foundry would run it: without the foundry's router in front. */
async function urlOfInstance(): Promise<string> {
  const { said } = await foundry.command('status');
  const [, port] = /^0 .* running +\d+ +(\d+)/m.exec(said)!;
  return `http://127.0.0.1:${port}`;
}

async function findBarriers(): Promise<unknown> {
  await page.evaluate(AXE);
  return page.evaluate(
    'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]))',
  );
}
