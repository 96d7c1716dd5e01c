/** Processes that take more memory than an instance of the app may have. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { findCgroups, startInCgroup } from '../../../src/lab/foundry/limits/cgroup.ts';
import { createLimiter, startWatched } from '../../../src/lab/foundry/limits/limiter.ts';
import type { Process, Start } from '../../../src/lab/processes/process.ts';
import { until } from '../../support/until.ts';

const limits = { memory: 64 }; // MB
const GROUP = /redis-example-app-[\w-]+/;

/** The version of the control groups that this user may create here: `v1`, `v2`, or empty. */
const CGROUPS = findVersion();
const HERE = CGROUPS ? `cgroup ${CGROUPS} is here` : 'no cgroup can be created here';

function findVersion(): string {
  const compiled = join(import.meta.dirname, '../../../dist/lab/foundry/limits/cgroup.js');
  const program = `
    const { findCgroups } = await import('${compiled}');
    console.log((await findCgroups({ memory: 64 }))?.version ?? '');`;
  const words = ['--input-type=module', '-e', program];
  return execFileSync(process.execPath, words, { encoding: 'utf8' }).trim();
}

/** Says which group it is in, then takes so many MB and keeps them for some seconds. */
function taking(megabytes: number): Start {
  const program = `
    console.log(require('node:fs').readFileSync('/proc/self/cgroup', 'utf8'));
    globalThis.kept = Buffer.alloc(${megabytes} * 1024 * 1024, 'x');
    console.log('has it');
    setTimeout(() => {}, 5000);`;
  return {
    name: 'greedy',
    command: [process.execPath, '-e', program],
    cwd: tmpdir(),
    env: { PATH: process.env.PATH },
  };
}

/** A suite that says in its name why it is skipped, where it is. */
function describeWhere(isHere: boolean, name: string, tests: () => void): void {
  if (isHere) describe(name, tests);
  else describe.skip(`${name} (skipped: ${HERE})`, tests);
}

describe.each(['cgroup v1', 'cgroup v2', 'watcher'])('a limit', (means) => {
  const isCgroup = means !== 'watcher';
  describeWhere(!isCgroup || means === `cgroup ${CGROUPS}`, `enforced by a ${means}`, () => {
    let lines: string[];
    let child: Process;

    async function start(megabytes: number) {
      lines = [];
      const print = (line: string) => void lines.push(line);
      if (!isCgroup) return startWatched(limits, taking(megabytes), print);
      return startInCgroup((await findCgroups(limits))!, taking(megabytes), print);
    }

    it('kills a process that takes more, and says why', async () => {
      child = await start(200);

      expect(await child.ended).toBe('signal SIGKILL');
      expect(lines).toContain('took more than 64 MB of memory, and was killed');
    });

    it('leaves a process alone that takes less, and nothing behind it', async () => {
      child = await start(4);
      await until('the process to have its memory', () => lines.includes('has it'));
      const own = await readFile(`/proc/${child.pid}/cgroup`, 'utf8');
      await child.stop();

      expect(await child.ended).toBe('signal SIGTERM');
      expect(lines.join('\n')).not.toContain('was killed');
      expect(GROUP.test(own)).toBe(isCgroup);
      expect(GROUP.test(lines.join('\n'))).toBe(isCgroup);
      const left = isCgroup ? await readdir((await findCgroups(limits))!.parent) : [];
      expect(left.filter((name) => GROUP.exec(own)?.[0] === name)).toEqual([]);
    });
  });
});

describeWhere(CGROUPS !== '', 'control groups', () => {
  it('are removed that a program has left behind when it was killed', async () => {
    const { parent } = (await findCgroups(limits))!;
    const { pid } = spawnSync('true');
    const left = join(parent, `redis-example-app-${pid}-left`);
    await mkdir(left);

    await findCgroups(limits);
    expect(await readdir(parent)).not.toContain(basename(left));
  });
});

it('says how much memory an instance has, and what enforces it', async () => {
  const { description } = await createLimiter({ memory: 256 });

  expect(description).toBe(
    CGROUPS
      ? `Each instance has 256 MB of memory, enforced by cgroup ${CGROUPS}.`
      : 'Each instance has 256 MB of memory, enforced by a watcher, as no cgroup can be created here.',
  );
});
