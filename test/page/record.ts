/**
 * Records the page second by second while instances and Redis come and go, to be looked at:
 * `npx tsx test/page/record.ts DIRECTORY [ACT…]`. Each picture is named by its act and its second, and
 * the sentences that the page said stand in `DIRECTORY/said.txt`.
 */
import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type Foundry, withFoundry } from '../../src/lab/foundry/start.ts';
import type { Servers } from '../../src/lab/redis/servers.ts';
import type { RedisService } from '../../src/lab/redis/fail-over.ts';
import { bindRedis, type RedisTopology } from '../../src/lab/redis/topologies.ts';
import { killAllProcesses } from '../../src/lab/processes/process.ts';
import { findChromium } from '../support/chromium.ts';

interface Act {
  redis?: RedisTopology;
  settings?: Record<string, string>;
  instances?: number;
  look?: { width?: number; height?: number; dark?: boolean; forced?: boolean; still?: boolean };
  isSignedIn?: boolean;
  /** What the binding says instead of the truth. */
  credentials?: object;
  /** What happens after five seconds. */
  event?: (foundry: Foundry<RedisService>) => Promise<unknown>;
  seconds?: number;
}

const BEFORE = 5; // seconds

const ACTS: Record<string, Act> = {
  'wrong-password': { isSignedIn: false, credentials: { password: 'wrong' }, seconds: 1 },
  anonymous: { isSignedIn: false, seconds: 3 },
  kill: { event: ({ instances }) => instances.kill(1), seconds: 10 },
  scale: {
    event: async ({ instances }) => {
      await instances.scale(1);
      await instances.scale(4);
    },
    seconds: 14,
  },
  restart: { event: ({ instances }) => instances.restart(), seconds: 12 },
  hang: { event: (foundry) => hang(foundry, 6), seconds: 12 },
  'redis-killed': { event: (foundry) => killRedis(foundry, 5), seconds: 12 },
  sentinel: { redis: 'sentinel', event: ({ service }) => service.failOver(), seconds: 20 },
  cluster: { redis: 'cluster', event: ({ service }) => service.failOver(), seconds: 20 },
  memory: { settings: { SESSIONS: 'memory' }, seconds: 5 },
  twelve: { instances: 12, seconds: 6 },
  small: { look: { width: 1024, height: 768 }, instances: 12, seconds: 3 },
  phone: {
    look: { width: 390, height: 844 },
    event: ({ instances }) => instances.kill(1),
    seconds: 4,
  },
  dark: {
    look: { width: 1920, height: 1080, dark: true },
    event: ({ instances }) => instances.kill(1),
    seconds: 5,
  },
  forced: { look: { forced: true }, event: ({ instances }) => instances.kill(1), seconds: 4 },
  still: { look: { still: true }, event: ({ instances }) => instances.kill(1), seconds: 4 },
};

const [directory = 'recording', ...names] = process.argv.slice(2);
await mkdir(directory, { recursive: true });
const browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] });
try {
  for (const name of names.length > 0 ? names : Object.keys(ACTS)) await record(name, ACTS[name]!);
} finally {
  await browser.close();
  killAllProcesses();
}

async function record(name: string, act: Act): Promise<void> {
  const { redis = 'standalone', settings = {}, instances = 3 } = act;
  const bind = async (servers: Servers) => {
    const service = await bindRedis(redis)(servers);
    return { ...service, credentials: { ...service.credentials, ...act.credentials } };
  };
  await withFoundry({ bind, settings: () => settings }, async (foundry) => {
    await foundry.instances.scale(instances);
    const page = await open(browser, `http://${foundry.address}`, act);
    await watch(page, name, BEFORE, 0);
    const event = act.event?.(foundry).catch((error: Error) => say(name, error.message));
    await watch(page, name, act.seconds ?? 10, BEFORE);
    await event;
    await page.context().close();
  });
}

async function open(browser: Browser, url: string, { look = {}, isSignedIn = true }: Act) {
  const { width = 1280, height = 800, dark, forced, still } = look;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    forcedColors: forced ? 'active' : 'none',
    reducedMotion: still ? 'reduce' : 'no-preference',
  });
  const page = await context.newPage();
  if (isSignedIn) {
    await page.goto(`${url}/session/sign-up`);
    await page.getByLabel('User name').fill('alice');
    await page.getByLabel('Password').fill('correct horse battery staple');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${url}/`);
  } else {
    await page.goto(url);
  }
  return page;
}

async function watch(page: Page, name: string, seconds: number, from: number): Promise<void> {
  const began = performance.now();
  for (let second = 0; second < seconds; second++) {
    await sleep(Math.max(0, began + 1000 * second - performance.now()));
    const number = String(from + second).padStart(2, '0');
    await page.screenshot({ path: join(directory, `${name}-${number}.png`) });
    await say(name, `${number} ${await readPage(page)}`);
  }
}

function readPage(page: Page): Promise<string> {
  return page.evaluate(`[
    document.querySelector('h1').innerText, document.querySelector('[data-numbers]').innerText.replace(/\\n/g, ' '),
    [...document.querySelectorAll('.word')].map((each) => each.textContent).join(', '),
    document.title, document.documentElement.scrollHeight].join(' | ')`);
}

async function say(name: string, text: string): Promise<void> {
  console.log(name, text);
  await appendFile(join(directory, 'said.txt'), `${name} ${text}\n`);
}

async function hang({ servers }: Foundry<RedisService>, seconds: number): Promise<void> {
  const { pid } = servers.byName.get('redis')!.process;
  process.kill(pid, 'SIGSTOP');
  await sleep(1000 * seconds);
  process.kill(pid, 'SIGCONT');
}

async function killRedis({ servers }: Foundry<RedisService>, seconds: number): Promise<void> {
  const redis = servers.byName.get('redis')!;
  await redis.kill();
  await sleep(1000 * seconds);
  await redis.startAgain();
}
