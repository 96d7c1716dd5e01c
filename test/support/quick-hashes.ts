/**
 * Makes the app, as a program, hash passwords with a hundredth of the work: it takes most of a
 * sign-in's processor time, and only some tests are about it.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** As a URL, it may lie in a directory whose name has spaces. */
const PRELOAD = pathToFileURL(join(__dirname, 'preload-quick-hashes.mjs')).href;
const NODE_OPTIONS = `--import ${PRELOAD}`;

/** For the environment of the app. */
export const quickHashes = { NODE_OPTIONS };

/** For programs of the lab that start the app. */
export const withQuickHashes = ['--env', `NODE_OPTIONS=${NODE_OPTIONS}`];
