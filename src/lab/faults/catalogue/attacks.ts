/** Strangers who want the app to stop, to fill up, or to keep others waiting. */
import type { AttackName } from '../attacks/attacks.ts';
import { describeEffects, findBroken, measureAttack } from '../effects.ts';
import type { Fault } from '../fault.ts';
import { inLab } from '../lab.ts';
import { startOne } from '../redis-services.ts';

const PROMISE =
  'no instance ends; liveness within 100 ms; nothing of others is lost, refused or late';

export const combiningMarks = createAttack(
  'Names and passwords of 900 KB of combining marks',
  'sendCombiningMarks',
);

export const largeJson = createAttack('1 MB of JSON objects, ten at a time', 'sendLargeJson');

export const unfinishedBodies = createAttack(
  '200 bodies of 1 MB that do not end, and 50 of a byte per second',
  'leaveBodiesUnfinished',
);

export const slowReaders = createAttack(
  '60 readers of 1 MB, and one of 200 MB, that do not read',
  'readSlowly',
);

export const signUps = createAttack('20 sign-ups at a time from one address', 'floodWithSignUps');

export const signIns = createAttack(
  '20 right sign-ins at a time from one address',
  'floodWithSignIns',
);

function createAttack(name: string, attack: AttackName): Fault {
  return {
    name,
    promise: PROMISE,
    run: (plan) =>
      inLab({ bind: startOne, instances: 1, plan }, async (lab) => {
        const effects = await measureAttack(lab, attack, plan.seconds);
        return { broken: findBroken(effects), figures: describeEffects(effects) };
      }),
  };
}
