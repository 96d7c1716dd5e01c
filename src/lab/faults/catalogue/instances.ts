/** App instances that go, hang, or run out of something. */
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Fault, type Plan, scaled } from '../fault.ts';
import { inLab, type Lab } from '../lab.ts';
import { describeLoad, findLosses, type Observation } from '../observation.ts';
import { startOne } from '../redis-services.ts';
import { afterInstanceHung, afterInstanceWasKilled, afterRestart } from '../verdicts.ts';

/** The others go on. */
const VICTIM = 1;
const GONE = 5000; // milliseconds
const LEAST_GONE = 1500; // milliseconds

export const killed = createFault({
  name: 'An app instance killed',
  promise: 'nothing is lost; only what it was answering fails',
  happening: ({ instances }) => instances.kill(VICTIM),
  judge: ({ observation, ends }) => afterInstanceWasKilled(observation, ends),
});

export const hanging = createFault({
  name: 'An app instance stops for 5 s (SIGSTOP)',
  promise: 'nothing is lost',
  async happening(lab, plan) {
    const pid = pidOf(lab);
    process.kill(pid, 'SIGSTOP');
    await sleep(scaled(GONE, plan, LEAST_GONE));
    process.kill(pid, 'SIGCONT');
  },
  judge: ({ observation }) => afterInstanceHung(observation, LEAST_GONE),
});

export const outOfFiles = createFault({
  name: 'An app instance out of file descriptors for 5 s',
  promise: 'nothing is lost',
  async happening(lab, plan) {
    const pid = pidOf(lab);
    const open = (await readdir(`/proc/${pid}/fd`)).length;
    await limitFiles(pid, open);
    await sleep(scaled(GONE, plan, LEAST_GONE));
    await limitFiles(pid, 16384); // as on the platform
  },
  judge: ({ observation }) => findLosses(observation),
});

export const restarted = createFault({
  name: 'Rolling restart of all instances',
  promise: 'no request fails',
  happening: ({ instances }) => instances.restart(),
  judge: ({ observation, kept }) => afterRestart(observation, kept),
});

interface Seen {
  observation: Observation;
  /** How instances have ended meanwhile. */
  ends: string[];
  /** How many are still the same. */
  kept: number;
}

interface Disturbance {
  name: string;
  promise: string;
  happening: (lab: Lab, plan: Plan) => Promise<void>;
  judge: (seen: Seen) => string[];
}

function createFault({ name, promise, happening, judge }: Disturbance): Fault {
  return {
    name,
    promise,
    run: (plan) =>
      inLab({ bind: startOne, plan }, async (lab) => {
        const before = pidsOf(lab);
        const observation = await lab.underLoad(() => happening(lab, plan));
        const kept = pidsOf(lab).filter((pid) => before.includes(pid)).length;
        const broken = judge({ observation, ends: [...lab.ends], kept });
        return { broken, figures: describeLoad(observation) };
      }),
  };
}

function pidsOf({ instances }: Lab): number[] {
  return instances.list().flatMap((slot) => slot.map(({ pid }) => pid));
}

function pidOf({ instances }: Lab): number {
  return instances.list()[VICTIM]![0]!.pid;
}

async function limitFiles(pid: number, count: number): Promise<void> {
  await promisify(execFile)('prlimit', ['--pid', `${pid}`, `--nofile=${count}:16384`]);
}
