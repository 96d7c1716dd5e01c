/** The program that breaks one thing after the other: what it says, and how it ends. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopAtEnd } from '../../support/cleanup.ts';
import { runLab } from '../../support/lab.ts';
import { withLightApp } from '../../support/light-app.ts';
import { interrupt } from './interrupt.ts';
import { SHARES } from './small-scale.ts';

jest.setTimeout(120_000);

const KILLED = ['--fault', '13', '--seconds', '2', ...withLightApp];

describe('npm run faults', () => {
  it('says that an app does not hold which loses sessions, and ends with 1', async () => {
    const inMemory = ['--env', 'SESSIONS=memory', ...withLightApp];
    // The second one may cost logins, and holds; it does not make good for the first
    const both = ['--fault', '13,12', '--seconds', '2'];
    const { code, said } = await runLab('faults/faults', [...both, ...inMemory]);

    expect(said).toMatch(
      /^\| An app instance killed +\| [^|]+ \| \*\*no\*\* +\| A LOGIN WAS LOST;.*\n\| Memory full, `allkeys-lru` +\| [^|]+ \| yes /m,
    );
    expect(code).toBe(1);
  });

  it('says that what could not be measured does not hold, and ends with 1', async () => {
    const cwd = await mkdtemp(join(tmpdir(), 'faults-test-'));
    stopAtEnd(() => rm(cwd, { recursive: true }));
    await writeFile(join(cwd, 'Procfile'), 'web: exit 3\n');
    const { code, said } = await runLab('faults/faults', KILLED, { cwd });

    expect(said).toMatch(/\| \*\*no\*\* +\| NOT MEASURED; app\/\d ended by itself \(exit code 3\)/);
    expect(code).toBe(1);
  });

  it('breaks what it is told to, says what held, and ends with 0', async () => {
    const clock = ['--fault', '18', '--seconds', '2', ...withLightApp];
    const { code, said } = await runLab('faults/faults', clock);

    expect(said).toMatch(/^Each instance has 256 MB of memory, enforced by /);
    expect(said).toMatch(
      /^\| Clock of one instance an hour off +\| [^|]+ \| yes +\| \d+ requests, logins lost: 0,/m,
    );
    expect(code).toBe(0);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('clears all away on %s', async (signal) => {
    const after = /^1 of 1: An app instance killed$/m;
    const when = { signal, after, time: 3000, processes: 4 }; // Redis, the router and two instances
    const { code, left } = await interrupt('faults/faults', KILLED, when);

    expect(left).toEqual([]);
    expect(code).toBe(1);
  });

  it('says where the faults are named when there is none of that number', async () => {
    const { code, said } = await runLab('faults/faults', ['--fault', '99']);

    expect(said).toMatch(
      /\n\nThere is no fault "99": they go from 1 to \d+, and --help names them\.\n$/,
    );
    expect(code).toBe(1);
  });

  it.each([
    [['--seconds', '0'], /--seconds is a whole number from 2 to 60/],
    [['--env', 'KEYS'], /"KEYS" is no variable: write it as /],
  ])('says how it is used for %j', async (args, sentence) => {
    const { code, said } = await runLab('faults/faults', args);

    expect(said).toMatch(sentence);
    expect(code).toBe(1);
  });
});

describe('the suites that run faults at a small scale', () => {
  it('leave out none of them', async () => {
    const { said } = await runLab('faults/faults', ['--help']);
    const all = [...said.matchAll(/^ +(\d+) {2}(.+)$/gm)].map(([, number, name]) => [
      Number(number),
      name,
    ]);

    expect(Object.values(SHARES).flat(2).toSorted(byNumber)).toEqual(all);
  });

  function byNumber([one]: [number, string], [other]: [number, string]) {
    return one - other;
  }
});
