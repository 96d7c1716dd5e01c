import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { plotScaleOut } from '../../../src/lab/scale-out/plot.ts';
import { scaleOutTable } from '../../../src/lab/scale-out/table.ts';
import { startBrowser } from '../../support/browser.ts';
import { expectGolden } from '../../support/golden.ts';
import { RUNS } from './fixtures.ts';

const SUBTITLE = 'Two cores serve all instances, Redis and the load.';

const PLOT = join(import.meta.dirname, 'plot.golden.svg');

describe('the plot of the scale-out experiment', () => {
  it('shows the share of logins lost, a row for each event', () => {
    expectGolden(PLOT, `${plotScaleOut(RUNS, { subtitle: SUBTITLE })}\n`);
  });

  it('says in words where none was lost', () => {
    const none = RUNS.filter(({ loginsLost }) => loginsLost === 0);
    expect(plotScaleOut(RUNS).match(/>0 lost</g)).toHaveLength(none.length);
  });

  it('says which runs are missing', () => {
    expect(plotScaleOut(RUNS.slice(2)).match(/>not run</g)).toHaveLength(2);
  });

  it('tells who does not see it how many logins were lost', () => {
    expect(plotScaleOut(RUNS)).toContain(
      'aria-label="Logins lost in 27 runs: 9,318 with sessions in memory, ' +
        '852 with sessions in memory, sticky router, 0 with sessions in Redis."',
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

describe('the table of the scale-out experiment', () => {
  it('has a row for each run, in the order of the plot', () => {
    const path = join(import.meta.dirname, 'table.golden.md');
    expectGolden(path, `${scaleOutTable(RUNS.toReversed())}\n`);
  });
});
