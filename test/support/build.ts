/** Compiles the app once, for all tests that run it as the platform does. */
import { execFileSync } from 'node:child_process';

/** What was compiled is noted beside it: without dist/, all of it is compiled. */
const NOTES = 'dist/tsconfig.tsbuildinfo';

export default function build(): void {
  const options = ['--incremental', '--tsBuildInfoFile', NOTES];
  execFileSync('node_modules/.bin/tsc', options, { stdio: 'inherit' });
}
