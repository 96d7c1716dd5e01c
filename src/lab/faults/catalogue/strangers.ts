/** Strangers who want the app to stop, to fill up, to keep others waiting, or to let them in. */
import type { Guessing } from '../attacks/attacks.ts';
import { hostileRequest } from '../attacks/hostile-requests.ts';
import { describeTally, repeat, send, type Tally } from '../attacks/wire.ts';
import { type AttackName, describeAttack, judgeAttack, launch } from '../attacks/judgement.ts';
import { createFault, type Evidence, type JudgedFault } from '../fault.ts';
import type { Lab } from '../lab.ts';
import { describeLoad } from '../observation.ts';
import { scaled } from '../plan.ts';
import { startThread } from '../threads.ts';

const REQUESTS = 10_000;
const ATTACKERS = 5;
/** After this time an attacker gives up an answer that does not come. */
const PATIENCE = 100; // milliseconds

const GUESSES = 1_000_000;
const RATE = 2500; // per second
const WARM_UP = 10; // seconds

/** What hostile requests, and guesses, may cost an instance. */
const MUCH_WHILE_HOSTILE = 96; // MB
const MUCH_WHILE_GUESSED = 32; // MB
/** How much longer others may wait meanwhile. */
const SLOWER = 2; // times

const ONE_INSTANCE = { instances: 1 };

export const strangers: JudgedFault[] = [
  createFault({
    name: '10,000 hostile requests to an instance',
    promise: 'no crash, no 500, memory bounded, p99 of other users within twice',
    setting: ONE_INSTANCE,
    calm: 10,
    async happening(lab, plan) {
      const { port } = lab.instance(0);
      const sent = scaled(REQUESTS, plan, 500);
      const answers = await repeat({ parallel: ATTACKERS, attempts: sent }, (number) =>
        send({ port }, [hostileRequest(number)], AbortSignal.timeout(PATIENCE)),
      );
      return { sent, answers };
    },
    judge: ({ found: { sent, answers }, ends, ...evidence }) => [
      ['requests were left out', sum(answers) >= sent],
      ['an instance ended', ends.length === 0],
      ['an answer was 500', !('500' in answers)],
      ['memory grew', growthOf(evidence) < MUCH_WHILE_HOSTILE],
      ['requests of others were late', slowdownOf(evidence) <= SLOWER],
    ],
    describe: (evidence) => [
      `answers: ${describeTally(evidence.found.answers)}`,
      `instances that ended: ${evidence.ends.join(', ') || 'none'}`,
      `grew by ${growthOf(evidence).toFixed(0)} MB`,
      ...describeSlowdown(evidence),
    ],
  }),
  createFault({
    name: 'A million random session ids',
    promise: 'each is a 401; memory and Redis as before; p99 of other users within twice',
    setting: ONE_INSTANCE,
    calm: 20,
    prepare: (lab, plan) => guess(lab, scaled(WARM_UP, plan, 1) * RATE),
    async happening(lab, plan) {
      // Twice: a tenth of a million would take most of a minute
      const tried = scaled(scaled(GUESSES, plan, 1), plan, RATE);
      return { tried, answers: await guess(lab, tried) };
    },
    judge: ({ found: { tried, answers }, before, after, ...evidence }) => [
      ['a guess was not answered 401', answers['401'] === tried],
      ['memory grew', growthOf({ before, after }) < MUCH_WHILE_GUESSED],
      ['Redis grew', after.keys <= before.keys],
      ['requests of others were late', slowdownOf(evidence) <= SLOWER],
    ],
    describe: (evidence) => [
      `answers: ${describeTally(evidence.found.answers)}`,
      `grew by ${growthOf(evidence).toFixed(0)} MB, ` +
        `Redis by ${evidence.after.keys - evidence.before.keys} keys`,
      ...describeSlowdown(evidence),
    ],
  }),
  attack('Names and passwords of 900 KB of combining marks', 'sendCombiningMarks'),
  attack('1 MB of JSON objects, ten at a time', 'sendLargeJson'),
  attack(
    '200 bodies of 1 MB that do not end, and 50 of a byte per second',
    'leaveBodiesUnfinished',
  ),
  attack('60 readers of 1 MB, and one of 200 MB, that do not read', 'readSlowly'),
  attack('20 sign-ups at a time from one address', 'floodWithSignUps'),
  attack('20 right sign-ins at a time from one address', 'floodWithSignIns'),
];

function attack(name: string, attackName: AttackName): JudgedFault {
  return createFault({
    name,
    promise: 'no instance ends; liveness within 100 ms; nothing of others is lost, refused or late',
    setting: ONE_INSTANCE,
    load: ({ seconds }) => ({ users: Math.min(10, 2 * seconds), after: 1 }),
    happening: (lab, plan) => launch(lab, attackName, plan.seconds),
    judge: judgeAttack,
    describe: describeAttack,
  });
}

function guess(lab: Lab, guesses: number) {
  const guessing: Guessing = {
    origin: `http://127.0.0.1:${lab.instance(0).port}`,
    guesses,
    rate: RATE,
  };
  return startThread('guessSessions', guessing).result;
}

/** Returns the growth of the largest instance, in MB. */
function growthOf({ before, after }: Pick<Evidence, 'before' | 'after'>): number {
  return after.resident - before.resident;
}

/** Returns how many times the p99 of others is that of the calm before. */
function slowdownOf({ calm, observation }: Pick<Evidence, 'calm' | 'observation'>): number {
  return observation.summary.latency.p99 / calm!.summary.latency.p99;
}

function sum(tally: Tally): number {
  return Object.values(tally).reduce((all, count) => all + count, 0);
}

function describeSlowdown(evidence: Evidence): string[] {
  return [
    `p99 of others ${slowdownOf(evidence).toFixed(1)} times that of before`,
    describeLoad(evidence.observation),
  ];
}
