/** A Redis that evicts, under each of its policies, while a stranger fills it. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  addUp,
  describeTally,
  form,
  repeat,
  send,
  type Tally,
  type Target,
} from '../attacks/wire.ts';
import type { Fault } from '../fault.ts';
import type { Lab } from '../lab.ts';
import { type Plan, scaled } from '../plan.ts';
import { countEvicted } from '../redis-operations.ts';
import { createEvictedUser } from '../users.ts';
import { findLosses, listBroken } from '../judgement.ts';
import type { Observation } from '../observation.ts';

/** One `maxmemory-policy` that was tried. */
export interface Trial {
  policy: string;
  observation: Observation;
  /** To the stranger who filled Redis. */
  answers: Tally;
  /** What was wrong with sessions that may have been evicted. */
  found: string[];
}

const POLICIES = [
  'noeviction',
  'allkeys-lru',
  'allkeys-lfu',
  'allkeys-random',
  'volatile-lru',
  'volatile-lfu',
  'volatile-random',
  'volatile-ttl',
];

const SMALL = '4mb';
const LARGE = '250mb';
/** 10 MB in all, with a time to live: half of the policies evict only such keys. */
const FILLERS = 200;
const FILLER = `ttl=86400&data=${'x'.repeat(50_000)}`;
const PARALLEL = 4;
/** Redis is full after these. Later ones come slowly, so that Redis can choose what is oldest. */
const QUICK = 80;
const PAUSE = 150; // milliseconds
const USERS = 2;
const LOAD_USERS = 4;
/**
 * For this time, users use their sessions but not the index that lists them. Redis measures ages in
 * seconds: then the index is older than the sessions, and evicted first.
 */
const USED = 4; // seconds
const LEAST_USED = 2; // seconds
/** For Redis to be full on a busy machine, too. */
const LEAST_FILLING = 1; // second

export const evictionPolicies: Fault = {
  name: 'Memory full, each `maxmemory-policy` in turn',
  promise:
    'an evicted session is a sign-out, never an error page; ' +
    '“sign out everywhere” is complete or an error',

  setting: { instances: 1 },

  async run(lab, plan) {
    await lab.redis.ask('CONFIG', 'SET', 'maxmemory-samples', 10); // evicts better, if slower
    const trials: Trial[] = [];
    for (const policy of POLICIES) trials.push(await tryPolicy(lab, policy, plan));
    const evicted = await countEvicted(lab.redis);
    const sum = (tallies: Tally[]) => describeTally(addUp(tallies));
    const figures = [
      `requests: ${trials.reduce((all, each) => all + each.observation.summary.requests, 0)}`,
      `answers to others that failed: ${sum(trials.map(errorsOf))}`,
      `answers to what filled it: ${sum(trials.map(({ answers }) => answers))}`,
      `keys evicted: ${evicted}`,
    ];
    return { broken: judgePolicies(trials, evicted), figures: figures.join('; ') };
  },
};

/** Signs users in, has a stranger fill Redis, and finds out what has become of their sessions. */
async function tryPolicy(lab: Lab, policy: string, plan: Plan): Promise<Trial> {
  const { redis } = lab;
  const { port } = lab.instance(0);
  const target = { port, address: `198.51.100.${POLICIES.indexOf(policy) + 1}` };
  const used = scaled(USED, plan, LEAST_USED);
  const filling = Math.max(LEAST_FILLING, plan.seconds / POLICIES.length);
  let answers: Tally;
  let found: string[];
  await redis.ask('CONFIG', 'SET', 'maxmemory-policy', policy);
  const observation = await lab.underLoad(happen, {
    users: scaled(LOAD_USERS, plan, 2),
    rate: 50,
    after: 1,
  });
  return { policy, observation, answers: answers!, found: found! };

  async function happen() {
    const origin = `http://127.0.0.1:${port}`;
    const users = await Promise.all(
      Array.from({ length: scaled(USERS, plan, 1) }, () =>
        createEvictedUser(origin, target.address),
      ),
    );
    const signal = AbortSignal.timeout(1000 * (used + filling));
    const active = users.map((user) => user.stayActive(signal));
    await sleep(1000 * used);
    await redis.ask('CONFIG', 'SET', 'maxmemory', SMALL);
    answers = await fill(target, signal);
    await Promise.all(active);
    found = (await Promise.all(users.map((user) => user.findProblems()))).flat();
    await redis.ask('CONFIG', 'SET', 'maxmemory', LARGE);
    await redis.ask('UNLINK', ...Array.from({ length: FILLERS }, (_, i) => nameOf(i)));
  }
}

/** Where nothing was evicted, the policies were not tried. */
export function judgePolicies(trials: Trial[], evicted: number): string[] {
  return [...listBroken([['nothing was evicted', evicted > 0]]), ...trials.flatMap(judgePolicy)];
}

function judgePolicy({ policy, observation, answers, found }: Trial): string[] {
  const { errors } = observation.summary;
  const broken = [...found, ...findErrorPages(errors), ...findErrorPages(answers)];
  if (policy === 'noeviction') broken.push(...findLosses(observation));
  return broken.map((each) => `${policy}: ${each}`);
}

/** A full Redis is answered 507, in plain words. */
function findErrorPages(answers: Tally): string[] {
  return Object.keys(answers).filter((answer) => !/^(HTTP )?([234]\d\d|507)$/.test(answer));
}

function fill(target: Target, signal: AbortSignal): Promise<Tally> {
  return repeat({ parallel: PARALLEL, signal }, async (number) => {
    if (number > QUICK) await sleep(PAUSE);
    return send(target, [form(target, `PUT /${nameOf(number)}`, FILLER)], signal);
  });
}

function nameOf(number: number): string {
  return `filler-${number % FILLERS}`;
}

function errorsOf({ observation }: Trial): Tally {
  return observation.summary.errors;
}
