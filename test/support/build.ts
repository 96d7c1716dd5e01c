/** Compiles the app and the lab once, for all tests that run them as programs. */
import { execFileSync } from 'node:child_process';

export default function build(): void {
  for (const project of ['.', 'src/lab'])
    execFileSync('node_modules/.bin/tsc', ['-p', project, '--incremental'], { stdio: 'inherit' });
}
