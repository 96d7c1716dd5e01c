/** App instances that go, hang, or run out of something. */
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Fault } from '../fault.ts';
import { inLab, type Lab } from '../lab.ts';
import { describeLoad, isAllKept, type Observation } from '../observation.ts';
import { startOne } from '../redis-services.ts';

/** Of the three; the others go on. */
const VICTIM = 1;

export const killed = createFault({
  name: 'An app instance killed',
  promise: 'nothing is lost; only what it was answering fails',
  happening: ({ instances }) => instances.kill(VICTIM),
});

export const hanging = createFault({
  name: 'An app instance stops for 5 s (SIGSTOP)',
  promise: 'nothing is lost',
  async happening(lab) {
    const pid = pidOf(lab);
    process.kill(pid, 'SIGSTOP');
    await sleep(5000);
    process.kill(pid, 'SIGCONT');
  },
});

export const outOfFiles = createFault({
  name: 'An app instance out of file descriptors for 5 s',
  promise: 'nothing is lost',
  async happening(lab) {
    const pid = pidOf(lab);
    const open = (await readdir(`/proc/${pid}/fd`)).length;
    await limitFiles(pid, open);
    await sleep(5000);
    await limitFiles(pid, 16384); // as on the platform
  },
});

export const restarted = createFault({
  name: 'Rolling restart of all instances',
  promise: 'no request fails',
  happening: ({ instances }) => instances.restart(),
  holds: (observation) =>
    isAllKept(observation) && Object.keys(observation.summary.errors).length === 0,
});

interface Plan {
  name: string;
  promise: string;
  happening: (lab: Lab) => Promise<void>;
  holds?: (observation: Observation) => boolean;
}

function createFault({ name, promise, happening, holds = isAllKept }: Plan): Fault {
  return {
    name,
    promise,
    run: () =>
      inLab({ bind: startOne }, async (lab) => {
        const observation = await lab.underLoad(() => happening(lab));
        return { holds: holds(observation), figures: describeLoad(observation) };
      }),
  };
}

function pidOf({ instances }: Lab): number {
  return instances.list()[VICTIM]![0]!.pid;
}

async function limitFiles(pid: number, count: number): Promise<void> {
  await promisify(execFile)('prlimit', ['--pid', `${pid}`, `--nofile=${count}:16384`]);
}
