/** A picture of the operator's room: the health of a Redis with Sentinels, under a load that varies. */
import type { Browser } from 'playwright-core';
import { withFoundry } from '../foundry/start.ts';
import { underLoad } from '../load-test/under-load.ts';
import { bindRedis } from '../redis/topologies.ts';

const SIZE = { width: 1280, height: 930 };
const PASSWORD = 'four random words here';

/** Requests per second, one after the other: the charts show five minutes. */
const RATES = [40, 90, 160, 120, 60, 30, 80, 180, 140, 100, 50, 110];
const DURATION = 25; // seconds
const USERS = 8;

/** Takes five minutes. Returns a PNG. */
export async function takeRoom(browser: Browser, signal: AbortSignal): Promise<Buffer> {
  const settings = () => ({ OPERATOR_PASSWORD: PASSWORD });
  return withFoundry({ bind: bindRedis('sentinel'), settings, signal }, async (foundry) => {
    await foundry.instances.scale(2);
    const origin = `http://${foundry.address}`;
    const page = await browser.newPage({ viewport: SIZE, colorScheme: 'light' });
    await page.goto(`${origin}/operator/#redis`);
    await page.getByLabel('Operator password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    for (const rate of RATES) {
      const load = { scenario: 'mixed' as const, users: USERS, rate, duration: DURATION };
      await underLoad(origin, load, async () => {}, signal);
    }
    const refreshed = page.waitForResponse(`${origin}/operator/redis`);
    await page.getByRole('button', { name: 'Refresh' }).click();
    await (await refreshed).finished();
    return page.screenshot();
  });
}
