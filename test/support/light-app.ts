/**
 * Makes the app, as a program, take less processor time: the tests start it hundreds of times, for some
 * seconds each. It hashes passwords with a hundredth of the work, which is most of a sign-in's, and does
 * without V8's optimizing compiler, which pays off only later.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const PRELOAD = 'test/support/preload-light-app.mjs';

/** For the environment of the app. */
export const lightApp = lightAppAt(join(__dirname, '../..'));

/** For programs of the lab that start the app. */
export const withLightApp = ['--env', `NODE_OPTIONS=${lightApp.NODE_OPTIONS}`];

/** For the environment of an app that finds the project in this directory. */
export function lightAppAt(project: string) {
  // As a URL, it may lie in a directory whose name has spaces
  return { NODE_OPTIONS: `--import ${pathToFileURL(join(project, PRELOAD)).href}` };
}
