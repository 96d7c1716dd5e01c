/** A fault as data: what breaks, what must hold meanwhile, and how one finding comes of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Holdings, measureHoldings, pidsOf } from './holdings.ts';
import { inLab, type Lab, type LabLoad, type Setting } from './lab.ts';
import { describeLoad, type Observation } from './observation.ts';
import { type Plan, scaled } from './plan.ts';

export interface Fault {
  /** As the table has it. */
  name: string;
  promise: string;
  /** Breaks it under load. */
  run(plan: Plan): Promise<Finding>;
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

interface Description<Found> {
  name: string;
  promise: string;
  setting?: Setting;
  /** Seconds of load without the fault, at full scale. */
  calm?: number;
  load?: (plan: Plan) => Partial<LabLoad>;
  prepare?: (lab: Lab, plan: Plan) => Promise<unknown>;
  /** Breaks something, and resolves when all is as before. */
  happening: (lab: Lab, plan: Plan) => Promise<Found>;
  judge: (evidence: Evidence<Found>) => string[];
  /** What the load saw if not given. */
  describe?: (evidence: Evidence<Found>) => string[];
}

export function createFault<Found>(description: Description<Found>): Fault {
  const { name, promise, setting, judge } = description;
  const { describe = ({ observation }) => [describeLoad(observation)] } = description;
  return { name, promise, run };

  function run(plan: Plan): Promise<Finding> {
    return inLab({ ...setting, plan }, async (lab) => {
      const evidence = await gather(description, lab, plan);
      return { broken: judge(evidence), figures: describe(evidence).join('; ') };
    });
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
  return { observation, calm, before, after, ends: [...lab.ends], kept, found: found! };
}
