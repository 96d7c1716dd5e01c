/** Which limits hold where the system lets this user enforce some of them, or none. */
import fs from 'node:fs';
import { findCgroups } from '../../../src/lab/foundry/limits/cgroup.ts';
import { createLimiter } from '../../../src/lab/foundry/limits/limiter.ts';
import type { LimitName } from '../../../src/lab/foundry/limits/limits.ts';
import { findScopes } from '../../../src/lab/foundry/limits/systemd.ts';
import { startProcess } from '../../../src/lab/processes/process.ts';

jest.mock('../../../src/lab/foundry/limits/cgroup.ts');
jest.mock('../../../src/lab/foundry/limits/systemd.ts');

const LIMITS = { memory: 64, cpu: 0.2 };

const enforcer = (name: string, ...enforced: LimitName[]) =>
  enforced.length > 0 ? { name, enforced, start: startProcess } : null;

const NONE = 'as no cgroup can be created here.';
const NO_MORE = 'as no cgroup with more limits can be created here.';

afterEach(() => jest.restoreAllMocks());

it.each<[string, LimitName[], LimitName[], number, string]>([
  ['nothing', [], [], 0, `a watcher, and no limit of processor time, ${NONE}`],
  ['cgroups of memory', ['memory'], [], 0, `cgroup, and no limit of processor time, ${NO_MORE}`],
  [
    'scopes of memory',
    [],
    ['memory'],
    0,
    `systemd-run, and no limit of processor time, ${NO_MORE}`,
  ],
  [
    'cgroups of processor time',
    ['cpu'],
    [],
    0.2,
    `a watcher, and 0.2 of a core, enforced by cgroup, ${NO_MORE}`,
  ],
  ['all cgroups', ['memory', 'cpu'], ['memory', 'cpu'], 0.2, 'cgroup.'],
  ['all scopes', ['memory'], ['memory', 'cpu'], 0.2, 'systemd-run.'],
])('with %s, names what is enforced, and by what', async (_name, groups, scopes, cpu, by) => {
  jest.mocked(findCgroups).mockResolvedValue(enforcer('cgroup', ...groups));
  jest.mocked(findScopes).mockResolvedValue(enforcer('systemd-run', ...scopes));
  const { limits, description } = await createLimiter(LIMITS);

  expect(limits).toEqual({ memory: 64, cpu });
  expect(description).toContain(`, enforced by ${by}`);
});

it('says that there are no limits without /proc, as on macOS', async () => {
  jest.spyOn(fs, 'existsSync').mockReturnValueOnce(false);
  jest.mocked(findCgroups).mockResolvedValue(null);
  jest.mocked(findScopes).mockResolvedValue(null);
  const { limits, description, start } = await createLimiter(LIMITS);

  expect(limits).toEqual({ memory: 0, cpu: 0 });
  expect(description).toBe('Instances have no limits: these need Linux.');
  expect(start).toBe(startProcess);
});
