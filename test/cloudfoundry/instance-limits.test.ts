/** How much memory and processor time an instance may use, as the platform and its cgroup say. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readInstanceLimits } from '../../src/cloudfoundry/instance-limits.ts';

const MEGABYTE = 1024 * 1024;

let system: string;
beforeEach(async () => {
  system = await mkdtemp(join(tmpdir(), 'limits-test-'));
});
afterEach(() => rm(system, { recursive: true }));

describe('the memory limit', () => {
  const application = (limits: unknown) => ({ VCAP_APPLICATION: JSON.stringify({ limits }) });

  it.each([
    [{ MEMORY_LIMIT: '256M' }, 256],
    [{ MEMORY_LIMIT: '256m' }, 256],
    [{ MEMORY_LIMIT: '2G' }, 2048],
    [{ MEMORY_LIMIT: '2gb' }, 2048],
    [application({ mem: 64 }), 64],
    [{ MEMORY_LIMIT: '256M', ...application({ mem: 64 }) }, 256],
    [{ MEMORY_LIMIT: 'much', ...application({ mem: 64 }) }, 64],
  ])('of %j is %d MB', (env, megabytes) => {
    expect(readInstanceLimits(env, system).memory).toBe(megabytes * MEGABYTE);
  });

  it.each([
    {},
    { MEMORY_LIMIT: '' },
    { MEMORY_LIMIT: 'much' },
    { MEMORY_LIMIT: '1.5G' },
    { MEMORY_LIMIT: '256MiB' },
    application({}),
    application(null),
    application({ mem: '64' }),
    { VCAP_APPLICATION: '{' },
    { VCAP_APPLICATION: 'null' },
  ])('of %j is unknown', (env) => {
    expect(readInstanceLimits(env, system).memory).toBeNull();
  });
});

describe('the processor limit', () => {
  it.each([
    ['a cgroup v2', '0::/a/b', { 'a/b/cpu.max': '20000 100000\n' }, 0.2],
    [
      'a group above',
      '0::/a/b',
      { 'a/b/cpu.max': 'max 100000\n', 'a/cpu.max': '50000 100000' },
      0.5,
    ],
    ['the smallest of several', '0::/a', { 'a/cpu.max': '40 20\n', 'cpu.max': '30 20\n' }, 1.5],
    ['a container with a namespace', '0::/', { 'cpu.max': '4000 20000\n' }, 0.2],
    ['a container without one', '0::/docker/a', { 'cpu.max': '4000 20000\n' }, 0.2],
    ['a cgroup v1', '4:cpu,cpuacct:/a\n0::/', v1('cpu/a', '4000'), 0.2],
    ['a cgroup v1 among others', '5:cpuset:/b\n4:cpuacct,cpu:/a', v1('cpu/a', '4000'), 0.2],
    ['a container with cgroup v1', '2:cpu:/docker/a\n3:memory:/', v1('cpu', '4000'), 0.2],
  ])('is that of %s', async (_what, membership, files, cores) => {
    await write({ 'proc/self/cgroup': `${membership}\n`, ...below('sys/fs/cgroup', files) });
    expect(readInstanceLimits({}, system).cpu).toBe(cores);
  });

  it.each([
    ['without a quota in cgroup v2', '0::/a', { 'a/cpu.max': 'max 100000\n' }],
    ['without a quota in cgroup v1', '2:cpu:/a', v1('cpu/a', '-1')],
    ['with weights, as Cloud Foundry sets', '0::/a', { 'a/cpu.weight': '10\n' }],
    ['without cgroups', '', {}],
  ])('is unknown %s', async (_what, membership, files) => {
    await write({ 'proc/self/cgroup': membership, ...below('sys/fs/cgroup', files) });
    expect(readInstanceLimits({}, system).cpu).toBeNull();
  });

  it('is unknown on other systems than Linux', () => {
    expect(readInstanceLimits({}, system).cpu).toBeNull();
  });
});

function v1(group: string, quota: string): Record<string, string> {
  return {
    [`${group}/cpu.cfs_quota_us`]: `${quota}\n`,
    [`${group}/cpu.cfs_period_us`]: '20000\n',
  };
}

function below(directory: string, files: Record<string, string>): Record<string, string> {
  const entries = Object.entries(files);
  return Object.fromEntries(entries.map(([path, text]) => [join(directory, path), text]));
}

async function write(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(system, path)), { recursive: true });
    await writeFile(join(system, path), text);
  }
}
