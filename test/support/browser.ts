/** A real Chromium without a window. */
import { accessSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { stopAtEnd } from './cleanup.ts';

/** The first one takes two thirds of the others' processor time: it has no window to draw. */
const NAMES = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'];

/** Keeps it from asking its maker's servers for this and that. */
const OFFLINE = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** Further words are for its command line. */
export async function startBrowser(...words: string[]): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: findProgram(),
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

function findProgram(): string {
  const directories = process.env.PATH!.split(delimiter);
  const paths = NAMES.flatMap((name) => directories.map((directory) => join(directory, name)));
  const found = paths.find(isThere);
  if (!found)
    throw new Error('There is no Chromium on the PATH: apt-get install chromium-headless-shell');
  return found;
}

function isThere(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}
