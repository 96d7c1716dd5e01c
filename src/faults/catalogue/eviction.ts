/** A Redis that evicts, under each policy that it has, while a stranger fills it. */
import type { Server } from '../../foundry/redis/servers.ts';
import { form, repeat, send, type Tally, type Target } from '../attacks/wire.ts';
import { describeTally } from '../effects.ts';
import { createEvictedUser, type EvictedUser } from '../evicted-user.ts';
import type { Fault } from '../fault.ts';
import { inLab, type Lab } from '../lab.ts';
import { describeLoad, type Observation } from '../observation.ts';
import { NAME, startOne } from '../redis-services.ts';

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
/** 10 MB in all. */
const FILLERS = 200;
const FILLER = `data=${'x'.repeat(50_000)}`;
const PARALLEL = 4;
const USERS = 2;
/** For the sign-ins before each policy and the checks after it. */
const AROUND = 4; // seconds

export const policies: Fault = {
  name: 'Memory full, each `maxmemory-policy` in turn',
  promise:
    'an evicted session is a sign-out, never an error page; ' +
    '“sign out everywhere” is complete or an error',

  run: ({ seconds }) =>
    inLab({ bind: startOne, instances: 1 }, async (lab) => {
      const server = lab.redis.get(NAME)!;
      const problems: string[] = [];
      const tallies: Tally[] = [];
      const each = seconds / POLICIES.length;
      const observation = await lab.underLoad(
        async () => {
          for (const policy of POLICIES) {
            const { found, answers } = await tryPolicy(lab, server, policy, each);
            problems.push(...found.map((problem) => `${policy}: ${problem}`));
            tallies.push(answers);
          }
        },
        { duration: seconds + AROUND * POLICIES.length },
      );
      const evicted = await countEvicted(server);
      problems.push(...findErrorPages(observation.summary.errors));
      for (const answers of tallies) problems.push(...findErrorPages(answers));
      return {
        holds: evicted > 0 && problems.length === 0,
        figures: describe(observation, evicted, problems, tallies),
      };
    }),
};

async function tryPolicy({ instances }: Lab, server: Server, policy: string, seconds: number) {
  const { port } = instances.list()[0]![0]!;
  const target = { port, address: `198.51.100.${POLICIES.indexOf(policy) + 1}` };
  await server.ask('CONFIG', 'SET', 'maxmemory-policy', policy);
  const users = await Promise.all(
    Array.from({ length: USERS }, () => createEvictedUser(`http://127.0.0.1:${port}`, target)),
  );
  await server.ask('CONFIG', 'SET', 'maxmemory', SMALL);
  const answers = await fill(target, AbortSignal.timeout(1000 * seconds));
  const found = await Promise.all(users.map((user: EvictedUser) => user.findProblems()));
  await server.ask('CONFIG', 'SET', 'maxmemory', LARGE);
  await server.ask('UNLINK', ...Array.from({ length: FILLERS }, (_, i) => nameOf(i)));
  return { found: found.flat(), answers };
}

function fill(target: Target, signal: AbortSignal): Promise<Tally> {
  return repeat(PARALLEL, signal, (number) =>
    send(target, form(target, `PUT /${nameOf(number)}`, FILLER), signal),
  );
}

function nameOf(number: number): string {
  return `filler-${number % FILLERS}`;
}

/** Of answers by their status; a full Redis is answered 507, in plain words. */
function findErrorPages(answers: Record<string, number>): string[] {
  const isClear = (answer: string) => /^(HTTP )?([234]\d\d|507)$/.test(answer);
  return Object.keys(answers).filter((answer) => !isClear(answer));
}

async function countEvicted(server: Server): Promise<number> {
  const info = String(await server.ask('INFO', 'stats'));
  return Number(/evicted_keys:(\d+)/.exec(info)![1]);
}

function describe(
  observation: Observation,
  evicted: number,
  problems: string[],
  tallies: Tally[],
): string {
  const total: Tally = {};
  for (const [answer, count] of tallies.flatMap((tally) => Object.entries(tally))) {
    total[answer] = (total[answer] ?? 0) + count;
  }
  return [
    ...(problems.length > 0 ? [problems.join(', ').toUpperCase()] : []),
    describeLoad(observation),
    `keys evicted: ${evicted}`,
    `answers to what filled it: ${describeTally(total)}`,
  ].join('; ');
}
