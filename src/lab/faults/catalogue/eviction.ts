/** A Redis that evicts, under each policy that it has, while a stranger fills it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from '../../redis/servers.ts';
import { addUp, form, repeat, send, type Tally, type Target } from '../attacks/wire.ts';
import { describeTally } from '../effects.ts';
import { createEvictedUser } from '../evicted-user.ts';
import { type Fault, scaled } from '../fault.ts';
import { inLab, type Lab } from '../lab.ts';
import { NAME, startOne } from '../redis-services.ts';
import { afterPolicies, type Trial } from '../verdicts.ts';

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
/** 10 MB in all, with a time to live: otherwise, half of the policies would have to leave them. */
const FILLERS = 200;
const FILLER = `ttl=86400&data=${'x'.repeat(50_000)}`;
const PARALLEL = 4;
/** Redis is full after so many. From then on, slowly, so that it can choose what is oldest. */
const QUICK = 80;
const PAUSE = 150; // milliseconds
const USERS = 2;
const LOAD_USERS = 4;
/**
 * For so long, users use their sessions and not the index that lists them. Redis measures ages in
 * seconds, so that the index is then the older one, and evicted first.
 */
const USED = 4; // seconds
const LEAST_USED = 2; // seconds

export const policies: Fault = {
  name: 'Memory full, each `maxmemory-policy` in turn',
  promise:
    'an evicted session is a sign-out, never an error page; ' +
    '“sign out everywhere” is complete or an error',

  run: (plan) =>
    inLab({ bind: startOne, instances: 1, plan }, async (lab) => {
      const server = lab.redis.get(NAME)!;
      await server.ask('CONFIG', 'SET', 'maxmemory-samples', 10); // it chooses better, if slower
      const trials: Trial[] = [];
      for (const policy of POLICIES) {
        const used = scaled(USED, plan, LEAST_USED);
        const seconds = plan.seconds / POLICIES.length;
        trials.push(await tryPolicy(lab, server, { policy, used, seconds }));
      }
      const evicted = await countEvicted(server);
      return {
        broken: afterPolicies(trials, evicted),
        figures: [
          `requests: ${trials.reduce((sum, each) => sum + each.observation.summary.requests, 0)}`,
          `answers to others that failed: ${describeTally(addUp(trials.map(errorsOf)))}`,
          `answers to what filled it: ${describeTally(addUp(trials.map(({ answers }) => answers)))}`,
          `keys evicted: ${evicted}`,
        ].join('; '),
      };
    }),
};

/** Signs users in, has a stranger fill Redis, and looks what has become of their sessions. */
async function tryPolicy(
  { instances, underLoad }: Lab,
  server: Server,
  { policy, used, seconds }: { policy: string; used: number; seconds: number },
): Promise<Trial> {
  const { port } = instances.list()[0]![0]!;
  const target = { port, address: `198.51.100.${POLICIES.indexOf(policy) + 1}` };
  await server.ask('CONFIG', 'SET', 'maxmemory-policy', policy);
  let answers: Tally;
  let found: string[];
  const observation = await underLoad(
    async () => {
      const users = await Promise.all(
        Array.from({ length: USERS }, () => createEvictedUser(`http://127.0.0.1:${port}`, target)),
      );
      const signal = AbortSignal.timeout(1000 * (used + seconds));
      const active = users.map((user) => user.stayActive(signal));
      await sleep(1000 * used);
      await server.ask('CONFIG', 'SET', 'maxmemory', SMALL);
      answers = await fill(target, signal);
      await Promise.all(active);
      found = (await Promise.all(users.map((user) => user.findProblems()))).flat();
      await server.ask('CONFIG', 'SET', 'maxmemory', LARGE);
      await server.ask('UNLINK', ...Array.from({ length: FILLERS }, (_, i) => nameOf(i)));
    },
    { users: LOAD_USERS, rate: 50, after: 1 },
  );
  return { policy, observation, answers: answers!, found: found! };
}

function fill(target: Target, signal: AbortSignal): Promise<Tally> {
  return repeat(PARALLEL, signal, async (number) => {
    if (number > QUICK) await sleep(PAUSE);
    return send(target, form(target, `PUT /${nameOf(number)}`, FILLER), signal);
  });
}

function nameOf(number: number): string {
  return `filler-${number % FILLERS}`;
}

function errorsOf({ observation }: Trial): Tally {
  return observation.summary.errors;
}

async function countEvicted(server: Server): Promise<number> {
  const info = String(await server.ask('INFO', 'stats'));
  return Number(/evicted_keys:(\d+)/.exec(info)![1]);
}
