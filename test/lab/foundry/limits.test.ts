/** Processes that take more memory or processor time than an instance of the app may have. */
import childProcess, { execFileSync, spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { findCgroups, findUsableParents } from '../../../src/lab/foundry/limits/cgroup.ts';
import { createLimiter } from '../../../src/lab/foundry/limits/limiter.ts';
import type { LimitName, Limits } from '../../../src/lab/foundry/limits/limits.ts';
import { findScopes, startInScope } from '../../../src/lab/foundry/limits/systemd.ts';
import { watch } from '../../../src/lab/foundry/limits/watcher.ts';
import { measureUsage } from '../../../src/lab/foundry/usage.ts';
import { type Process, type Start, startProcess } from '../../../src/lab/processes/process.ts';
import { until } from '../../support/until.ts';

const limits: Limits = { memory: 64, cpu: 0.2 };
const GROUP = /redis-example-app-[\w-]+/;

/** What this user may use here: the names of enforcers, each with the limits that it enforces. */
const HERE = findEnforcers();
const CGROUP = Object.keys(HERE).find((name) => name.startsWith('cgroup'));
const NAMES = Object.keys(HERE).join(' and ') || 'nothing';

function findEnforcers(): Record<string, LimitName[]> {
  const compiled = join(import.meta.dirname, '../../../dist/lab/foundry/limits');
  const program = `
    const { findCgroups } = await import('${compiled}/cgroup.js');
    const { findScopes } = await import('${compiled}/systemd.js');
    const found = [await findCgroups(${JSON.stringify(limits)}), await findScopes(${JSON.stringify(limits)})];
    const pairs = found.filter(Boolean).map(({ name, enforced }) => [name, enforced]);
    console.log(JSON.stringify(Object.fromEntries(pairs)));`;
  const words = ['--input-type=module', '-e', program];
  return JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8' }));
}

/** Says which group it is in, then runs a program and stays for half a minute. */
function running(program: string): Start {
  const script = `
    console.log(require('node:fs').readFileSync('/proc/self/cgroup', 'utf8'));
    ${program}
    setTimeout(() => {}, 30_000);`;
  return {
    name: 'greedy',
    command: [process.execPath, '-e', script],
    cwd: tmpdir(),
    env: { PATH: process.env.PATH },
  };
}

/** Takes so many MB, and keeps them. */
function taking(megabytes: number): Start {
  return running(`
    globalThis.kept = Buffer.alloc(${megabytes} * 1024 * 1024, 'x');
    console.log('has it');`);
}

/** Uses one core as far as it may. */
function calculating(): Start {
  return running(`
    console.log('begins');
    for (const began = Date.now(); Date.now() < began + 30_000;);`);
}

/** A suite that says in its name why it is skipped, where it is. */
function describeWhere(isHere: boolean, name: string, tests: () => void): void {
  if (isHere) describe(name, tests);
  else describe.skip(`${name} (skipped: ${NAMES} can be used here)`, tests);
}

let lines: string[];
let child: Process;
const print = (line: string) => void lines.push(line);
beforeEach(() => void (lines = []));
afterEach(() => child?.kill());

/** Starts a process within the limits, enforced by the means. */
async function start(means: string, command: Start): Promise<void> {
  if (means === 'watcher') {
    child = await startProcess(command, print);
    return watch(child, limits, print);
  }
  const enforcer = means === 'systemd-run' ? await findScopes(limits) : await findCgroups(limits);
  child = await enforcer!.start(command, print);
}

describe.each(['cgroup v1', 'cgroup v2', 'systemd-run', 'watcher'])('a limit', (means) => {
  const isWatcher = means === 'watcher';
  const isHere = isWatcher || HERE[means]?.includes('memory') === true;
  describeWhere(isHere, `of memory, enforced by a ${means}`, () => {
    it('kills a process that takes more, and says why', async () => {
      await start(means, taking(200));

      expect(await child.ended).toBe('signal SIGKILL');
      // Nothing is left of a scope that could be asked
      const reason = 'took more than 64 MB of memory, and was killed';
      if (means !== 'systemd-run') expect(lines).toContain(reason);
    });

    it('leaves a process alone that takes less, and nothing behind it', async () => {
      await start(means, taking(4));
      await until('the process has its memory', () => lines.includes('has it'));
      const own = await readFile(`/proc/${child.pid}/cgroup`, 'utf8');
      await child.stop();

      expect(await child.ended).toBe('signal SIGTERM');
      expect(lines.join('\n')).not.toContain('was killed');
      if (means === 'systemd-run') return;
      expect(GROUP.test(own)).toBe(!isWatcher);
      expect(GROUP.test(lines.join('\n'))).toBe(!isWatcher);
      const left = isWatcher ? [] : await listGroups();
      expect(left.filter((name) => GROUP.exec(own)?.[0] === name)).toEqual([]);
    });
  });
});

describe.each(['cgroup v1', 'cgroup v2', 'systemd-run'])('a limit', (means) => {
  const isHere = HERE[means]?.includes('cpu') === true;
  describeWhere(isHere, `of processor time, enforced by ${means}`, () => {
    it('makes a process wait that has used up its share of a core', async () => {
      await start(means, calculating());
      await until('the process calculates', () => lines.includes('begins'));

      await until('it has waited in 5 periods', async () => (await countWaits(child.pid)) >= 5);
      const { cpu } = (await measureUsage(child.pid))!;
      expect(cpu).toBeGreaterThan(0.02);
      expect(cpu).toBeLessThan(0.3);
    });
  });
});

describeWhere(CGROUP !== undefined, 'control groups', () => {
  it('are removed that a program has left behind when it was killed', async () => {
    const names = HERE[CGROUP!]!;
    for (const { path } of await findUsableParents(names, limits)) {
      const { pid } = spawnSync('true');
      const left = join(path, `redis-example-app-${pid}-left`);
      await mkdir(left);

      await findCgroups(limits);
      expect(await readdir(path)).not.toContain(basename(left));
    }
  });

  it('have the limits that can be set when another cannot', async () => {
    const impossible = await findCgroups({ memory: 64, cpu: 1e9 });
    expect(impossible?.enforced).toEqual(['memory']);
  });
});

/** What a stand-in cannot show: that systemd enforces what it is asked for. */
describe('systemd-run', () => {
  it.each<[string, string, LimitName[] | undefined]>([
    ['both limits', 'memory.max:67108864\ncpu.max:4000 20000\n', ['memory', 'cpu']],
    ['memory alone', 'memory.max:67108864\ncpu.max:max 100000\n', ['memory']],
    ['none', 'memory.max:max\ncpu.max:max 100000\n', undefined],
  ])('is known to enforce what it has set: %s', async (_, stdout, enforced) => {
    const spy = jest.spyOn(childProcess, 'execFile').mockImplementation(((...call: unknown[]) => {
      (call.at(-1) as (error: null, end: object) => void)(null, { stdout });
    }) as unknown as typeof childProcess.execFile);
    const found = await findScopes(limits);
    spy.mockRestore();

    expect(found?.enforced).toEqual(enforced);
  });

  it('is asked for a scope with the limits, and leaves the environment as it is given', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'systemd-run-'));
    const standIn = join(directory, 'systemd-run');
    await writeFile(
      standIn,
      `#!/bin/sh
      echo "$@"
      while [ "$1" != -- ]; do shift; done
      shift
      INVOCATION_ID=1 exec "$@"`,
    );
    await chmod(standIn, 0o755);
    const env = { PATH: `${directory}:/usr/bin:/bin`, PORT: '1' };
    const command = ['sh', '-c', 'env | sort'] as const;

    child = await startInScope(limits, { name: 'scope', command, cwd: directory, env }, print);
    expect(await child.ended).toBe('exit code 0');
    expect(lines[0]).toMatch(
      /^--user --scope --quiet --collect -p MemoryMax=64M -p MemorySwapMax=0 -p CPUQuota=20.00% -p CPUQuotaPeriodSec=20000us -- env /,
    );
    expect(lines.slice(1).filter((line) => !/^(PWD|OLDPWD|_)=/.test(line))).toEqual([
      `PATH=${env.PATH}`,
      'PORT=1',
    ]);
    await rm(directory, { recursive: true });
  });
});

describe('the description', () => {
  it('says how much memory an instance has, and what enforces it', async () => {
    const { description } = await createLimiter({ memory: 256, cpu: 0 });
    const means = Object.keys(HERE).find((name) => HERE[name]!.includes('memory'));

    expect(description).toBe(
      means
        ? `Each instance has 256 MB of memory, enforced by ${means}.`
        : 'Each instance has 256 MB of memory, enforced by a watcher, as no cgroup can be created here.',
    );
  });

  it('says which share of a core it has', async () => {
    const { description } = await createLimiter({ memory: 256, cpu: 0.2 });
    const complete = Object.keys(HERE).find((name) => HERE[name]!.length === 2);
    const watched =
      'Each instance has 256 MB of memory, enforced by a watcher, and no limit of processor time, as no cgroup can be created here.';

    if (complete) {
      expect(description).toBe(
        `Each instance has 256 MB of memory and 0.2 of a core, enforced by ${complete}.`,
      );
    } else if (NAMES === 'nothing') {
      expect(description).toBe(watched);
    } else {
      expect(description).toMatch(/, as no cgroup with more limits can be created here\.$/);
    }
  });
});

async function listGroups(): Promise<string[]> {
  const parents = await findUsableParents(HERE[CGROUP!]!, limits);
  return (await Promise.all(parents.map(({ path }) => readdir(path)))).flat();
}

/** How many periods the process has spent partly waiting, as its cgroup counts them. */
async function countWaits(pid: number): Promise<number> {
  const own = await readFile(`/proc/${pid}/cgroup`, 'utf8');
  const v1 = /^\d+:(?:[^:]+,)?cpu(?:,[^:]+)?:(.*)$/m.exec(own)?.[1];
  const group = v1 === undefined ? /^0::(.*)$/m.exec(own)![1]! : join('cpu', v1);
  const counts = await readFile(join('/sys/fs/cgroup', group, 'cpu.stat'), 'utf8');
  return Number(/^nr_throttled (\d+)$/m.exec(counts)![1]);
}
