/** The program that breaks one thing after the other, with the shortest of them. */
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

  it('names the faults when there is none of that number', async () => {
    const { code, stderr } = await run('faults.js', ['--fault', '99']);

    expect(stderr).toMatch(/^There is no fault "99"[^]*Primary killed under Sentinel/);
    expect(code).toBe(1);
  });
});
