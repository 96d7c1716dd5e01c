/** `npm run picture` draws the README's picture: an instance is killed, and the login stays. */
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Browser, chromium, type Page } from 'playwright-core';
import { Problem } from '../command-line/problem.ts';
import { createProgram, runProgram } from '../command-line/program.ts';
import { stopOnSignals } from '../command-line/stopping.ts';
import { withFoundry } from '../foundry/start.ts';
import { silence } from '../processes/output.ts';
import { bindRedis } from '../redis/topologies.ts';
import { animate, drawStill, type Recording } from './animation.ts';
import { findChromium } from './chromium.ts';
import { type Frame, readFrame } from './frame.ts';

const SIZE = { width: 960, height: 700 };
const USER = 'alice';
const PASSWORD = 'correct horse battery staple';

const BEFORE = 50 * 1000; // milliseconds, in which the tape fills
const KILL_AFTER = 1000; // milliseconds of the recording
const RECORDING = 7000; // milliseconds
const PAUSE = 80; // milliseconds from frame to frame

const DESCRIPTION =
  'The page of the app: an instance is killed under a login, which goes on as one unbroken line while ' +
  'the others answer, and nothing is lost';

const program = createProgram('picture')
  .description(
    "Draws the README's picture from the real page: starts a foundry, signs a user in, and kills an " +
      'instance. Takes about a minute and a half.',
  )
  .argument('[FILE]', 'the animated SVG', '.github/kill.svg')
  .argument(
    '[STILL]',
    'its last moment, for readers who prefer less motion',
    '.github/kill-still.svg',
  )
  .action(async (file, still) => {
    silence();
    const { signal } = stopOnSignals();
    try {
      const recording = await record(signal);
      await writeFile(file, animate(recording, DESCRIPTION));
      await writeFile(still, drawStill(recording, DESCRIPTION));
    } catch (error) {
      throw signal.aborted ? new Problem('Stopped.') : error;
    }
  });

await runProgram(program);

async function record(signal: AbortSignal): Promise<Recording> {
  const browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] });
  try {
    return await withFoundry({ bind: bindRedis('standalone'), signal }, async (foundry) => {
      await foundry.instances.scale(3);
      const page = await openPage(browser, `http://${foundry.address}`);
      await sleep(BEFORE, undefined, { signal });
      const killed = sleep(KILL_AFTER).then(() => foundry.instances.kill(1));
      const frames = await takeFrames(page);
      await killed;
      return { frames, dark: await readDark(page) };
    });
  } finally {
    await browser.close();
  }
}

async function openPage(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage({ viewport: SIZE });
  await page.goto(`${url}/session/sign-up`);
  await page.getByLabel('User name').fill(USER);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.waitForURL(`${url}/`);
  return page;
}

/** The page is paused at the end, so that the last frame can be read once more. */
async function takeFrames(page: Page): Promise<Frame[]> {
  const frames: Frame[] = [];
  const end = performance.now() + RECORDING;
  while (performance.now() < end) {
    frames.push(await page.evaluate(readFrame));
    await sleep(PAUSE);
  }
  await page.keyboard.press('p');
  return [...frames, await page.evaluate(readFrame)];
}

async function readDark(page: Page): Promise<Frame> {
  await page.emulateMedia({ colorScheme: 'dark' });
  return page.evaluate(readFrame);
}
