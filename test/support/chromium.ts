/** Finds Chromium on this machine. */
import { accessSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The first one takes two thirds of the others' processor time: it has no window to draw. */
const NAMES = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'];

export function findChromium(): string {
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
