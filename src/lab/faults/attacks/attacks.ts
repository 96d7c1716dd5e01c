/** All attacks by strangers, by their names. Each goes on until it is told to stop. */
import { leaveBodiesUnfinished, sendCombiningMarks, sendLargeJson } from './bodies.ts';
import { floodWithSignIns, floodWithSignUps } from './floods.ts';
import { readSlowly } from './readers.ts';

export const attacks = {
  sendCombiningMarks,
  sendLargeJson,
  leaveBodiesUnfinished,
  readSlowly,
  floodWithSignUps,
  floodWithSignIns,
};

export type AttackName = keyof typeof attacks;
