/** The programs themselves, for shorter than people would run them. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const DIST = join(import.meta.dirname, '../../dist/faults');

jest.setTimeout(180_000);

describe('npm run faults', () => {
  it('breaks what it is told to, and prints what held', async () => {
    const { code, stdout } = await run('faults.js', ['--fault', '17']);

    expect(stdout).toMatch(
      /^\| Clock of one instance an hour off +\| [^|]+ \| yes +\| \d+ requests, logins lost: 0,/m,
    );
    expect(code).toBe(0);
  });

  it('names the faults when there is none of that number', async () => {
    const { code, stderr } = await run('faults.js', ['--fault', '99']);

    expect(stderr).toMatch(/^There is no fault "99"[^]*Primary killed under Sentinel/);
    expect(code).toBe(1);
  });
});

describe('npm run soak', () => {
  it('breaks one thing after the other, and finds nothing that grows', async () => {
    const svg = join(await mkdtemp(join(tmpdir(), 'soak-')), 'soak.svg');
    const args = ['--minutes', '1', '--every', '15', '--svg', svg];
    const { code, stdout, stderr } = await run('soak/soak.js', args);

    expect(stderr.match(/\d+ s: /g)).toHaveLength(4);
    expect(stdout).toMatch(
      /^3000 requests, logins lost: 0, values wrong: 0[^]*warnings of Node.js: none$/m,
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

function run(program: string, args: string[]) {
  return new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    const child = execFile('node', [join(DIST, program), ...args], (_, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
}
