/** Attacks by strangers, for as long as it takes to stop an app that does not stand them. */
import { run } from './program.ts';

jest.setTimeout(300_000);

/** What is late beside all other tests says little: `npm run faults` has a machine to itself. */
const BROKEN = [
  'SOMETHING WAS LOST',
  'REQUESTS OF OTHERS FAILED',
  'AN INSTANCE ENDED',
  'A SIGN-IN OF ANOTHER USER FAILED',
];

describe('npm run faults, with the attacks by strangers', () => {
  it.each([
    ['combining marks', '20'],
    ['large JSON', '21'],
    ['unfinished bodies', '22'],
    ['slow readers', '23'],
    ['sign-ups', '24'],
    ['sign-ins', '25'],
  ])('finds that nothing of others is lost or refused for %s', async (_name, number) => {
    const { stdout, stderr } = await run('faults.js', ['--fault', number, '--seconds', '2']);

    expect(stderr).toMatch(/^Each instance has 256 MB of memory, enforced by /);
    expect(stdout).toMatch(/instances that ended: none; answers to the attack: /);
    expect(BROKEN.filter((broken) => stdout.includes(broken))).toEqual([]);
  });

  it('finds that no policy of eviction makes an error page, or a sign-out that is none', async () => {
    const { code, stderr } = await run('faults.js', ['--fault', '26', '--seconds', '8']);

    expect(stderr).toMatch(/held: [^]*keys evicted: [1-9]/);
    expect(code).toBe(0);
  });

  it('says how it is used for a number of seconds that is none', async () => {
    const { code, stderr } = await run('faults.js', ['--seconds', '0']);

    expect(stderr).toMatch(/--seconds is a whole number from 2 to 60/);
    expect(code).toBe(1);
  });
});
