/** App instances that end, hang, run out of something, or have the wrong time. */
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createRotation } from '../../foundry/rotation.ts';
import type { Server } from '../../redis/servers.ts';
import { createFault, type JudgedFault } from '../fault.ts';
import type { Lab } from '../lab.ts';
import { hasNoFailures } from '../judgement.ts';
import { describeLoad } from '../observation.ts';
import { scaled } from '../plan.ts';
import { createUser } from '../users.ts';

/** The index of the instance that breaks while the others go on. */
const VICTIM = 1;
const GONE = 5000; // milliseconds
const LEAST_GONE = 1500; // milliseconds
/** What two answers may differ by that were not given in the same moment. */
const SAME = 5; // seconds
const FILES = 16384; // as on the platform

const AN_HOUR_LATE = `
const now = () => Real.now() + 3600 * 1000;
const Real = Date;
globalThis.Date = class extends Real {
  constructor(...when) { super(...(when.length > 0 ? when : [now()])); }
  static now = now;
};`;
const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(AN_HOUR_LATE)}`;

export const instanceFaults: JudgedFault[] = [
  createFault({
    name: 'An app instance killed',
    promise: 'nothing is lost; only what it was answering fails',
    happening: ({ instances }) => instances.kill(VICTIM),
    judge: ({ ends }) => [['no instance was killed', ends.includes('signal SIGKILL')]],
  }),
  createFault({
    name: 'An app instance stops for 5 s (SIGSTOP)',
    promise: 'nothing is lost',
    async happening(lab, plan) {
      const { pid } = lab.instance(VICTIM);
      process.kill(pid, 'SIGSTOP');
      await sleep(scaled(GONE, plan, LEAST_GONE));
      process.kill(pid, 'SIGCONT');
    },
    judge: ({ observation: { outcomes } }) => [
      ['no instance was hanging', outcomes.some(({ latency }) => latency > LEAST_GONE / 2)],
    ],
  }),
  createFault({
    name: 'An app instance out of file descriptors for 5 s',
    promise: 'nothing is lost',
    async happening(lab, plan) {
      const { pid } = lab.instance(VICTIM);
      const open = (await readdir(`/proc/${pid}/fd`)).length;
      await limitFiles(pid, open);
      await sleep(scaled(GONE, plan, LEAST_GONE));
      await limitFiles(pid, FILES);
    },
  }),
  createFault({
    name: 'Rolling restart of all instances',
    promise: 'no request fails',
    happening: ({ instances }) => instances.restart(),
    judge: ({ observation, kept }) => [
      ['a request failed', hasNoFailures(observation)],
      ['an instance was not restarted', kept === 0],
    ],
  }),
  createFault({
    name: 'Credentials of Redis rotated',
    promise: 'no request fails, and the old password is refused',
    setting: { topology: 'sentinel' },
    async happening(lab) {
      const { password: old } = lab.redis;
      await createRotation(lab)();
      return isAccepted(old, lab.redis);
    },
    judge: ({ observation, kept, found: isOldAccepted }) => [
      ['a request failed', hasNoFailures(observation)],
      ['an instance was not restarted', kept === 0],
      ['the old password is accepted', !isOldAccepted],
    ],
  }),
  createFault({
    name: 'Clock of one instance an hour off',
    promise: 'timeouts unaffected, nobody signed out',
    setting: { settings: (index): Record<string, string> => (index === 0 ? { NODE_OPTIONS } : {}) },
    happening: measureSpread,
    judge: ({ found: spread }) => [['the clock matters', spread < SAME]],
    describe: ({ observation, found: spread }) => [
      describeLoad(observation),
      `the instances tell times of expiry that lie ${spread.toFixed(1)} s apart`,
    ],
  }),
];

async function isAccepted(password: string, server: Server): Promise<boolean> {
  return server.ask('AUTH', password).then(
    () => true,
    () => false,
  );
}

async function limitFiles(pid: number, count: number): Promise<void> {
  await promisify(execFile)('prlimit', ['--pid', `${pid}`, `--nofile=${count}:${FILES}`]);
}

/** Returns the seconds between the times of expiry that the instances report for one session. */
async function measureSpread({ origin, instances }: Lab): Promise<number> {
  const user = createUser(origin, 'punctual');
  const cookie = await user.enter('sign-up');
  const expiries: number[] = [];
  for (const _ of instances.list()) {
    const { text } = await user.ask('GET', 'me', cookie);
    const { expiresAt } = JSON.parse(text) as { expiresAt: string };
    expiries.push(Date.parse(expiresAt) / 1000);
  }
  return Math.max(...expiries) - Math.min(...expiries);
}
