/** Preloaded into the app: see light-app.ts. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--no-opt');

const { PREFERRED } = await import(
  pathToFileURL(join(process.cwd(), 'dist/accounts/passwords.js')).href
);
Object.assign(PREFERRED, { N: 2 ** 10, p: 1 });
