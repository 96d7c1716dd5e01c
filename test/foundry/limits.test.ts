/** Processes that take more memory than an instance of the app may have. */
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { findCgroups, startInCgroup } from '../../src/foundry/limits/cgroup.ts';
import { createLimiter } from '../../src/foundry/limits/limiter.ts';
import { startWatched } from '../../src/foundry/limits/watcher.ts';
import type { Process, Start } from '../../src/foundry/processes.ts';

const limits = { memory: 64 }; // MB
const GROUP = /redis-example-app-[\w-]+/;

/** Says which group it is in, then takes so many MB and keeps them. */
function taking(megabytes: number): Start {
  const program = `
    console.log(require('node:fs').readFileSync('/proc/self/cgroup', 'utf8'));
    globalThis.kept = Buffer.alloc(${megabytes} * 1024 * 1024, 'x');
    console.log('has it');
    setInterval(() => {}, 1000);`;
  return {
    name: 'greedy',
    command: [process.execPath, '-e', program],
    cwd: tmpdir(),
    env: { PATH: process.env.PATH },
  };
}

describe.each(['cgroup', 'watcher'] as const)('a limit enforced by a %s', (means) => {
  let lines: string[];
  let hasIt: Promise<void>;
  let child: Process;

  async function start(megabytes: number) {
    lines = [];
    let say: () => void;
    hasIt = new Promise((resolve) => (say = resolve));
    const print = (line: string) => {
      lines.push(line);
      if (line === 'has it') say();
    };
    if (means === 'watcher') return startWatched(limits, taking(megabytes), print);
    return startInCgroup((await findCgroups(limits))!, taking(megabytes), print);
  }

  beforeAll(async () => {
    // Where no group can be created, there is nothing to test
    if (means === 'cgroup' && !(await findCgroups(limits))) means = 'watcher';
  });

  it('kills a process that takes more, and says why', async () => {
    child = await start(200);

    expect(await child.ended).toBe('signal SIGKILL');
    expect(lines).toContain('took more than 64 MB of memory, and was killed');
  });

  it('leaves a process alone that takes less, and nothing behind it', async () => {
    child = await start(4);
    await hasIt;
    const own = await readFile(`/proc/${child.pid}/cgroup`, 'utf8');
    await child.stop();

    expect(await child.ended).toBe('signal SIGTERM');
    expect(GROUP.test(own)).toBe(means === 'cgroup');
    expect(GROUP.test(lines.join('\n'))).toBe(means === 'cgroup');
    const left = means === 'cgroup' ? await readdir((await findCgroups(limits))!.parent) : [];
    expect(left.filter((name) => GROUP.exec(own)?.[0] === name)).toEqual([]);
  });
});

it('says how much memory an instance has, and what enforces it', async () => {
  const { description } = await createLimiter({ memory: 256 });

  expect(description).toMatch(
    /^Each instance has 256 MB of memory, enforced by (cgroup v|a watch)/,
  );
});
