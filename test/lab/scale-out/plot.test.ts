import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { plotScaleOut } from '../../../src/lab/scale-out/plot.ts';
import { loginsTable, throughputTable } from '../../../src/lab/scale-out/tables.ts';
import { startBrowser } from '../../support/browser.ts';
import { expectGolden } from '../../support/golden.ts';
import { RESULTS } from './fixtures.ts';

const SUBTITLE = 'Two cores serve all instances, Redis and the load.';

const PLOT = join(import.meta.dirname, 'plot.golden.svg');

describe('the plot of the scale-out experiments', () => {
  it('shows what instances carry beside the logins lost', () => {
    expectGolden(PLOT, `${plotScaleOut(RESULTS, SUBTITLE)}\n`);
  });

  it('says at the top how much more four instances carry, and that no login is lost in Redis', () => {
    expect(plotScaleOut(RESULTS)).toContain(
      '>Four instances carry 3.6 times what one does, and lose no login in Redis<',
    );
  });

  it('says how many logins are lost in Redis, too', () => {
    const runs = RESULTS.runs.map((run) => ({ ...run, loginsLost: 1 }));
    expect(plotScaleOut({ ...RESULTS, runs })).toContain('and lose 9 logins in Redis<');
  });

  it('says from where to where, when loads differ', () => {
    const throughput = RESULTS.throughput.map((result) =>
      result.scenario === 'keys' && result.instances === 4
        ? { ...result, rate: 0.9 * result.rate }
        : result,
    );
    expect(plotScaleOut({ ...RESULTS, throughput })).toContain('carry 3.2 to 3.6 times');
  });

  it('says that figures are missing, after Ctrl-C', () => {
    expect(plotScaleOut({ throughput: [], runs: [] })).toContain(
      'Nothing was measured with four instances',
    );
  });
});

describe('the plot as an image in a page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  }, 60_000);

  it.each([
    ['light', [255, 255, 255]],
    ['dark', [33, 29, 26]],
  ] as const)('lies on a %s card', async (colorScheme, card) => {
    const page = await browser.newPage({ colorScheme });
    await page.setContent('<meta name="color-scheme" content="light dark"><img>');
    const source = `data:image/svg+xml;base64,${readFileSync(PLOT).toString('base64')}`;

    expect(await page.evaluate(readPixel(source))).toEqual(card);
    await page.close();
  });
});

/** An expression: red, green and blue of the image, above its title. */
function readPixel(source: string): string {
  return `(async () => {
    const image = document.querySelector('img');
    image.src = '${source}';
    await image.decode();
    const canvas = document.createElement('canvas').getContext('2d');
    canvas.drawImage(image, 0, 0);
    return [...canvas.getImageData(100, 8, 1, 1).data].slice(0, 3);
  })()`;
}

describe('the tables of the scale-out experiments', () => {
  const path = (name: string) => join(import.meta.dirname, `${name}.golden.md`);

  it('has a row for each load and number of instances, with what limits it', () => {
    expectGolden(path('throughput'), `${throughputTable(RESULTS.throughput)}\n`);
  });

  it('has a row for each run, by event', () => {
    expectGolden(path('logins'), `${loginsTable(RESULTS.runs.toReversed())}\n`);
  });
});
