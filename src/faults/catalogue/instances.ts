/** App instances that go, hang, or run out of something. */
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Fault, listBroken, type Plan, scaled } from '../fault.ts';
import { inLab, type Lab } from '../lab.ts';
import { describeLoad, findLosses, hasNoFailures, type Observation } from '../observation.ts';
import { startOne } from '../redis-services.ts';

/** The others go on. */
const VICTIM = 1;
const GONE = 5000; // milliseconds
const LEAST_GONE = 1500; // milliseconds

export interface Evidence {
  observation: Observation;
  /** How instances have ended meanwhile. */
  ends: string[];
  /** How many are still the same. */
  kept: number;
}

export const killed = createFault({
  name: 'An app instance killed',
  promise: 'nothing is lost; only what it was answering fails',
  happening: ({ instances }) => instances.kill(VICTIM),
  findBroken: findBrokenByKilling,
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
  findBroken: findBrokenByHanging,
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
  findBroken: ({ observation }) => findLosses(observation),
});

export const restarted = createFault({
  name: 'Rolling restart of all instances',
  promise: 'no request fails',
  happening: ({ instances }) => instances.restart(),
  findBroken: findBrokenByRestarting,
});

export function findBrokenByKilling({ observation, ends }: Evidence): string[] {
  return [
    ...findLosses(observation),
    ...listBroken([['no instance was killed', ends.includes('signal SIGKILL')]]),
  ];
}

/** Whoever asked the one that hung has waited for its return. */
export function findBrokenByHanging({ observation }: Evidence): string[] {
  const slowest = Math.max(...observation.outcomes.map(({ latency }) => latency));
  return [
    ...findLosses(observation),
    ...listBroken([['no instance was hanging', slowest > LEAST_GONE / 2]]),
  ];
}

export function findBrokenByRestarting({ observation, kept }: Evidence): string[] {
  return [
    ...findLosses(observation),
    ...listBroken([
      ['a request failed', hasNoFailures(observation)],
      ['an instance was not restarted', kept === 0],
    ]),
  ];
}

interface Disturbance {
  name: string;
  promise: string;
  happening: (lab: Lab, plan: Plan) => Promise<void>;
  findBroken: (evidence: Evidence) => string[];
}

function createFault({ name, promise, happening, findBroken }: Disturbance): Fault {
  return {
    name,
    promise,
    run: (plan) =>
      inLab({ bind: startOne, plan }, async (lab) => {
        const before = pidsOf(lab);
        const observation = await lab.underLoad(() => happening(lab, plan));
        const kept = pidsOf(lab).filter((pid) => before.includes(pid)).length;
        const broken = findBroken({ observation, ends: [...lab.ends], kept });
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
