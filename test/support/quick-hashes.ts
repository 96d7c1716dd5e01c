/**
 * Makes the app, as a program, hash passwords with a hundredth of the work: it takes most of a
 * sign-in's processor time, and only some tests are about it.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const PRELOAD = 'test/support/preload-quick-hashes.mjs';

/** For the environment of the app. */
export const quickHashes = quickHashesAt(join(__dirname, '../..'));

/** For programs of the lab that start the app. */
export const withQuickHashes = ['--env', `NODE_OPTIONS=${quickHashes.NODE_OPTIONS}`];

/** For the environment of an app that finds the project in this directory. */
export function quickHashesAt(project: string) {
  // As a URL, it may lie in a directory whose name has spaces
  return { NODE_OPTIONS: `--import ${pathToFileURL(join(project, PRELOAD)).href}` };
}
