/** The soak, for shorter than people would run it. */
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './program.ts';

jest.setTimeout(180_000);

describe('npm run soak', () => {
  it('breaks one thing after the other, and finds nothing that grows', async () => {
    const svg = join(await mkdtemp(join(tmpdir(), 'soak-')), 'soak.svg');
    const args = ['--minutes', '1', '--every', '15', '--svg', svg];
    const { code, stdout, stderr } = await run('soak/soak.js', args);

    expect(stderr.match(/\d+ s: /g)).toHaveLength(4);
    expect(stdout).toMatch(
      /^\d+ requests, logins lost: 0, values wrong: 0[^]*warnings of Node.js: none$/m,
    );
    expect(await readFile(svg, 'utf8')).toContain('with 4 faults');
    expect(code).toBe(0);
  });

  it.each([
    ['--minutes', '0'],
    ['--every', 'x'],
  ])('says how it is used for %s %s', async (...args) => {
    const { code, stderr } = await run('soak/soak.js', args);

    expect(stderr).toMatch(/^--(minutes|every) is a whole number from [^]*Usage: npm run soak/);
    expect(code).toBe(1);
  });
});
