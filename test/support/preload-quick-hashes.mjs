/** Preloaded into the app, it hashes passwords with a hundredth of the work. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { PREFERRED } = await import(
  pathToFileURL(join(process.cwd(), 'dist/accounts/passwords.js')).href
);
Object.assign(PREFERRED, { N: 2 ** 10, p: 1 });
