/** Describes a fault as data, runs it in a lab, and judges what was found. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Holdings, measureHoldings, pidsOf } from './holdings.ts';
import { type Checks, findBroken, type Losses } from './judgement.ts';
import type { Lab, LabLoad, Setting } from './lab.ts';
import { describeLoad, findOutage, type Observation, type Outage } from './observation.ts';
import { type Plan, scaled } from './plan.ts';

export interface Fault {
  /** As the table has it. */
  name: string;
  promise: string;
  setting?: Setting;
  /** Breaks it under load. */
  run(lab: Lab, plan: Plan): Promise<Finding>;
}

export interface JudgedFault extends Fault {
  /** Returns the broken promises in words. */
  judge(evidence: Evidence): string[];
}

export interface Finding {
  /** The broken promises in words; none means that the fault holds. */
  broken: string[];
  /** Figures with their units. */
  figures: string;
}

/** All that is known about a fault when it is over. */
export interface Evidence<Found = unknown> {
  observation: Observation;
  /** null where no request failed. */
  outage: Outage | null;
  /** The load without the fault, where the two are compared. */
  calm: Observation | null;
  before: Holdings;
  after: Holdings;
  /** How instances have ended, as `signal SIGKILL`. */
  ends: string[];
  /** How many instances were not replaced. */
  kept: number;
  /** What the fault itself has measured. */
  found: Found;
}

interface Description<Found> extends Omit<Fault, 'run'> {
  /** Seconds of load without the fault, at full scale. */
  calm?: number;
  load?: (plan: Plan) => Partial<LabLoad>;
  prepare?: (lab: Lab, plan: Plan) => Promise<unknown>;
  /** Breaks something, and resolves when all is as before. */
  happening: (lab: Lab, plan: Plan) => Promise<Found>;
  /** What it may lose; nothing that was acknowledged if not given. */
  mayLose?: Losses;
  /** What else must hold. */
  judge?: (evidence: Evidence<Found>) => Checks;
  /** What the load saw if not given. */
  describe?: (evidence: Evidence<Found>) => string[];
}

export function createFault<Found>(description: Description<Found>): JudgedFault {
  const { name, promise, setting } = description;
  const { describe = ({ observation }) => [describeLoad(observation)] } = description;
  return { name, promise, setting, run, judge };

  async function run(lab: Lab, plan: Plan): Promise<Finding> {
    const evidence = await gather(description, lab, plan);
    return { broken: judge(evidence), figures: describe(evidence).join('; ') };
  }

  function judge(evidence: Evidence<Found>): string[] {
    const { mayLose = 'nothing', judge: check } = description;
    return findBroken(evidence.observation, mayLose, check?.(evidence) ?? []);
  }
}

async function gather<Found>(
  { prepare, calm: seconds, happening, load }: Description<Found>,
  lab: Lab,
  plan: Plan,
): Promise<Evidence<Found>> {
  await prepare?.(lab, plan);
  const rest = () => sleep(1000 * scaled(seconds!, plan, 2));
  const calm = seconds ? await lab.underLoad(rest, { after: 0.5 }) : null;
  const [before, pids] = [await measureHoldings(lab), pidsOf(lab.instances)];
  let found: Found;
  const observation = await lab.underLoad(async () => {
    found = await happening(lab, plan);
  }, load?.(plan));
  const after = await measureHoldings(lab);
  const kept = pidsOf(lab.instances).filter((pid) => pids.includes(pid)).length;
  const outage = findOutage(observation);
  return { observation, outage, calm, before, after, ends: [...lab.ends], kept, found: found! };
}
