/** Compiles the app and the lab once, for all tests that run them as programs. */
import { execFileSync } from 'node:child_process';

export default function build(): void {
  execFileSync('npm', ['run', '--silent', 'build:lab'], { stdio: 'inherit' });
}
