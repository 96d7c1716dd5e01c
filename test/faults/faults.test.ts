/** The program that breaks one thing after the other, with the shortest of them. */
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopAtEnd } from '../support/cleanup.ts';
import { run } from './program.ts';

jest.setTimeout(180_000);

describe('npm run faults', () => {
  it('breaks what it is told to, and prints what held', async () => {
    const { code, stdout } = await run('faults.js', ['--fault', '17']);

    expect(stdout).toMatch(
      /^\| Clock of one instance an hour off +\| [^|]+ \| yes +\| \d+ requests, logins lost: 0,/m,
    );
    expect(code).toBe(0);
  });

  it('clears all away when it is told to stop', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'faults-test-'));
    stopAtEnd(() => rm(directory, { recursive: true }));
    const { code } = await run('faults.js', ['--fault', '17'], { TMPDIR: directory }, stop);

    expect(code).toBe(1);
    expect(await readdir(directory)).toEqual([]);

    function stop(text: string, child: ChildProcess) {
      if (!text.includes('Clock of one instance')) return;
      setTimeout(() => child.kill('SIGTERM'), 1500); // it is starting processes by then
    }
  });

  it('names the faults when there is none of that number', async () => {
    const { code, stderr } = await run('faults.js', ['--fault', '99']);

    expect(stderr).toMatch(/^There is no fault "99"[^]*Primary killed under Sentinel/);
    expect(code).toBe(1);
  });
});
