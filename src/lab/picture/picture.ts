/** `npm run picture` makes the README's pictures: an instance is killed, and the login stays; the operator's room. */
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Option } from '@commander-js/extra-typings';
import { type Browser, chromium, type Page } from 'playwright-core';
import { Problem } from '../command-line/problem.ts';
import { createProgram, runProgram } from '../command-line/program.ts';
import { stopOnSignals } from '../command-line/stopping.ts';
import type { Instances } from '../foundry/instances/instances.ts';
import { withFoundry } from '../foundry/start.ts';
import { silence } from '../processes/output.ts';
import { bindRedis } from '../redis/topologies.ts';
import { animate, drawStill, type Recording } from './animation.ts';
import { findChromium } from './chromium.ts';
import { type Frame, readFrame } from './frame.ts';
import { takeRoom } from './operator-room.ts';

const SIZE = { width: 960, height: 700 };
const USER = 'alice';
const PASSWORD = 'correct horse battery staple';

const BEFORE = 50 * 1000; // milliseconds, in which the tape fills
const CALM = 1000; // milliseconds of the recording before the kill
const AFTER = 2500; // milliseconds with the successor
const PAUSE = 80; // milliseconds from frame to frame

const DESCRIPTION =
  'The page of the app: an instance is killed under a login, which goes on as one unbroken line while ' +
  'the others answer, and nothing is lost';

const program = createProgram('picture')
  .description(
    "Draws the README's picture from the real page: starts a foundry, signs a user in, and kills an " +
      "instance. Takes about a minute and a half. With --operator, takes a picture of the operator's " +
      'room instead, after five minutes of load.',
  )
  .argument('[FILE]', 'the animated SVG', '.github/kill.svg')
  .argument(
    '[STILL]',
    'its last moment, for readers who prefer less motion',
    '.github/kill-still.svg',
  )
  .addOption(new Option('--operator [FILE]', "the operator's room").preset('.github/operator.png'))
  .action(async (file, still, { operator }) => {
    silence();
    const { signal } = stopOnSignals();
    const executablePath = findChromium();
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    try {
      if (operator) {
        await writeFile(String(operator), await takeRoom(browser, signal));
      } else {
        const recording = await record(browser, signal);
        await writeFile(file, animate(recording, DESCRIPTION));
        await writeFile(still, drawStill(recording, DESCRIPTION));
      }
    } catch (error) {
      throw signal.aborted ? new Problem('Stopped.') : error;
    } finally {
      await browser.close();
    }
  });

await runProgram(program);

async function record(browser: Browser, signal: AbortSignal): Promise<Recording> {
  return withFoundry({ bind: bindRedis('standalone'), signal }, async (foundry) => {
    await foundry.instances.scale(3);
    const page = await openPage(browser, `http://${foundry.address}`);
    await sleep(BEFORE, undefined, { signal });
    const frames = await takeFrames(page, killInstance(foundry.instances));
    return { frames, dark: await readDark(page) };
  });
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

/** What is to be seen. */
async function killInstance(instances: Instances): Promise<void> {
  await sleep(CALM);
  await instances.kill(1);
  await sleep(AFTER);
}

/** Takes frames until the scene is over. Then it pauses the page, so that the last one can be read again. */
async function takeFrames(page: Page, scene: Promise<void>): Promise<Frame[]> {
  const frames: Frame[] = [];
  let isOver = false;
  const end = scene.finally(() => (isOver = true));
  end.catch(() => {}); // nothing waits for it when a frame fails
  while (!isOver) {
    frames.push(await page.evaluate(readFrame));
    await sleep(PAUSE);
  }
  await end;
  await page.keyboard.press('p');
  return [...frames, await page.evaluate(readFrame)];
}

async function readDark(page: Page): Promise<Frame> {
  await page.emulateMedia({ colorScheme: 'dark' });
  return page.evaluate(readFrame);
}
