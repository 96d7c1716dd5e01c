/** A real Chromium without a window. */
import { type Browser, chromium } from 'playwright-core';
import { findChromium } from './chromium.ts';
import { stopAtEnd } from './cleanup.ts';

/** Keeps it from asking its maker's servers for this and that. */
const OFFLINE = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** Further words are for its command line. */
export async function startBrowser(...words: string[]): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      ...OFFLINE,
      ...words,
    ],
  });
  stopAtEnd(() => browser.close());
  return browser;
}
