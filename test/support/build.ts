/** Compiles the app and the lab once, for all tests that run them as programs. */
import { execFileSync } from 'node:child_process';

export default function build(): void {
  // The compiler is written in Go, and ends before its memory needs to be cleaned up
  const env = { ...process.env, GOGC: 'off' };
  execFileSync('npm', ['run', '--silent', 'build:lab'], { stdio: 'inherit', env });
}
