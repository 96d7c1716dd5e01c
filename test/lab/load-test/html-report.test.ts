import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { type Facts, htmlReport } from '../../../src/lab/load-test/reports/html-report.ts';
import { startBrowser } from '../../support/browser.ts';
import { expectGolden } from '../../support/golden.ts';
import { asFound, crash, scaleOut, unanswered } from './fixtures.ts';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const FACTS: Facts = {
  target: 'https://redis-example-app.example.com',
  startedAt: new Date('2026-03-01T09:30:00Z'),
  users: 50,
  connections: 32,
  rate: null,
  duration: 10,
  versions: { node: '24.18.0', redis: '7.0.15' },
  note: 'All instances share two cores with Redis and the load test.',
};

describe('the report of a load test', () => {
  it.each([
    ['scale-out', scaleOut()],
    ['crash', crash()],
    ['unanswered', unanswered()],
  ])('reads as %s.golden.html', (name, summary) => {
    const path = join(import.meta.dirname, `${name}.golden.html`);
    expectGolden(path, htmlReport(summary, FACTS));
  });

  it('plots the scaling only of two steps or more', () => {
    expect(htmlReport(scaleOut(), FACTS)).toContain('<strong>Scaling</strong>');
    expect(htmlReport(crash(), FACTS)).not.toContain('<strong>Scaling</strong>');
  });

  it('shows the plot of scaling only for steps with a number of instances', () => {
    const [found] = asFound().steps;
    const summary = { ...asFound(), steps: [found!, found!] };
    expect(htmlReport(summary, FACTS)).not.toContain('<strong>Scaling</strong>');
  });

  it('shows no percentile of fewer requests than carry it', () => {
    const few = (requests: number) => {
      const [step] = scaleOut().steps;
      return htmlReport({ ...scaleOut(), steps: [{ ...step!, requests, instances: {} }] }, FACTS);
    };
    expect(few(1000)).toContain('<td>6.3</td><td>19</td><td>38</td><td>266</td>');
    expect(few(999)).toContain('<td>6.3</td><td>19</td><td>–</td><td>266</td>');
    expect(few(20)).toContain('<td>6.3</td><td>–</td><td>–</td><td>266</td>');
    expect(few(19)).toContain('<td>–</td><td>–</td><td>–</td><td>266</td>');
  });

  it('escapes whatever it was told', () => {
    const evil = '<script>alert("&")</script>';
    const [step] = crash().steps;
    const measures = { ...step!, errors: { [evil]: 1 } };
    const page = htmlReport(
      {
        ...crash(),
        scenario: evil,
        steps: [
          {
            ...step!,
            instances: { [evil]: measures },
            timeline: [{ second: 0, answers: { [evil]: 1 }, failures: 0 }],
          },
          ...scaleOut().steps,
        ],
      },
      { ...FACTS, target: evil, versions: { [evil]: evil }, note: evil },
    );
    expect(page.match(/alert/g)!.length).toBeGreaterThan(8);
    expect(page).not.toContain('<script');
  });
});

describe('the report in a browser', () => {
  const directory = mkdtempSync(join(tmpdir(), 'load-test-'));
  let browser: Browser;
  let page: Page;
  let asked: string[];
  beforeAll(async () => {
    browser = await startBrowser();
  }, 60_000);
  afterEach(() => page.close());
  afterAll(() => rmSync(directory, { recursive: true }));

  it.each(['light', 'dark'] as const)('has no barriers in %s colours', async (colorScheme) => {
    await open(crash(), { colorScheme });

    expect(await findBarriers()).toEqual([]);
  });

  it('asks for nothing but itself', async () => {
    await open(scaleOut());

    expect(asked).toEqual([page.url()]);
    expect(await page.locator('script, link, img, iframe, object').count()).toBe(0);
  });

  it('gives no two things the same id', async () => {
    await open(scaleOut());

    const ids = await page.locator('[id]').evaluateAll((all) => all.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is no wider than a phone, and draws plots of its own for it', async () => {
    await open(crash(), { viewport: { width: 360, height: 640 } });

    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    expect(await page.locator('svg:visible').count()).toBe(2);
    expect(await page.locator('svg[width="340"]:visible').count()).toBe(2);
  });

  it('is printed in light colours', async () => {
    await open(scaleOut(), { colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });

    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(
      'rgb(255, 255, 255)',
    );
  });

  async function open(
    summary: Parameters<typeof htmlReport>[0],
    options: Parameters<Browser['newPage']>[0] = {},
  ) {
    const path = join(directory, 'report.html');
    writeFileSync(path, htmlReport(summary, FACTS));
    page = await browser.newPage(options);
    asked = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(pathToFileURL(path).href);
  }

  /** What keeps people from using the page, as far as axe can tell. */
  async function findBarriers(): Promise<unknown> {
    await page.evaluate(AXE);
    return page.evaluate(`axe.run().then(({ violations }) => violations.map(
      ({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' '),
    ))`);
  }
});
