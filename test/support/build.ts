/** Compiles the app once, for all tests that run it as the platform does. */
import { execFileSync } from 'node:child_process';

export default function build(): void {
  execFileSync('node_modules/.bin/tsc', ['--incremental'], { stdio: 'inherit' });
}
