/**
 * Makes the app, as a program, take less processor time: the tests start it hundreds of times, for some
 * seconds each. It hashes passwords with a hundredth of the work, which is most of a sign-in's, and does
 * without V8's optimizing compiler, which pays off only later.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** As a URL, it may lie in a directory whose name has spaces. */
const PRELOAD = pathToFileURL(join(__dirname, 'preload-light-app.mjs')).href;
const NODE_OPTIONS = `--import ${PRELOAD}`;

/** For the environment of the app. */
export const lightApp = { NODE_OPTIONS };

/** For programs of the lab that start the app. */
export const withLightApp = ['--env', `NODE_OPTIONS=${NODE_OPTIONS}`];
