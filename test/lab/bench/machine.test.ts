/** What the bench finds on a machine. */
import childProcess, { type SpawnSyncReturns } from 'node:child_process';
import { findPinning, findTools } from '../../../src/lab/bench/machine.ts';

afterEach(() => jest.restoreAllMocks());

describe('the tools', () => {
  const ends: Record<string, Partial<SpawnSyncReturns<string>>> = {};
  beforeEach(() => {
    ends['redis-server'] = { stdout: 'Redis server v=7.0.15 sha=00000000:0', status: 0 };
    ends.wrk = { stdout: 'wrk debian/4.1.0-3build1 [epoll]', status: 1 };
    jest.spyOn(childProcess, 'spawnSync').mockImplementation((program) => ends[program] as never);
  });

  it('have the versions that they print, however they end', () => {
    expect(findTools()).toEqual({ node: process.versions.node, redis: '7.0.15', wrk: '4.1.0' });
  });

  it('may not say which version they have', () => {
    ends.wrk = { stdout: 'wrk', status: 1 };
    expect(findTools().wrk).toBe('of unknown version');
  });

  it('are named with the command that installs them where they are missing', () => {
    ends.wrk = { error: new Error('spawnSync wrk ENOENT') };
    expect(() => findTools()).toThrow(
      'The bench needs wrk, which is not in the PATH. Install it, for example with: sudo apt-get install wrk',
    );
  });
});

describe('two cores', () => {
  it.each([
    ['are used where both are ours', [], true],
    ['are not used without the first', ['0'], false],
    ['are not used without the second', ['1'], false],
  ])('%s', async (_, refused, isPinned) => {
    jest.spyOn(childProcess, 'execFile').mockImplementation(((...call: unknown[]) => {
      const [, [, core], done] = call as [string, string[], (error: Error | null) => void];
      done(refused.includes(core!) ? new Error('Invalid argument') : null);
    }) as unknown as typeof childProcess.execFile);

    expect(await findPinning()).toEqual({
      isPinned,
      server: isPinned ? ['taskset', '-c', '0'] : [],
      others: isPinned ? ['taskset', '-c', '1'] : [],
    });
  });
});
