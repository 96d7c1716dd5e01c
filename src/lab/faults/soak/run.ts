/** Keeps the app under load for long, breaks one thing after the other, and takes samples. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeStep } from '../../command-line/progress.ts';
import { measureHoldings } from '../holdings.ts';
import { inLab, type Lab } from '../lab.ts';
import type { Observation } from '../observation.ts';
import { hang } from '../../redis/outage.ts';
import { DURABLE, killForAWhile } from '../redis-operations.ts';
import type { Happening } from './plot.ts';
import type { Sample } from './growth.ts';

export interface Soaked {
  observation: Observation;
  samples: Sample[];
  happenings: Happening[];
  /** Warnings of Node.js in the instances. */
  warnings: string;
}

interface Length {
  seconds: number;
  /** Seconds from one fault to the next. */
  every: number;
  users: number;
}

const SAMPLES = 12; // between two faults
const AFTER = 2; // seconds of load after the last fault, to see that all works
const RATE = 50; // requests per second
const WARNINGS = 'warnings';

const FAULTS: [string, (lab: Lab) => Promise<void>][] = [
  ['Redis killed', ({ redis }) => killForAWhile(redis, 2000)],
  ['an instance killed', ({ instances }) => instances.kill(0)],
  ['connections reset', async ({ service }) => service.link!.reset()],
  ['Redis hangs', ({ redis }) => hang([redis], 3000)],
  ['rolling restart', ({ instances }) => instances.restart()],
];

/** Resolves when the load is over. */
export function soak({ seconds, every, users }: Length, signal: AbortSignal): Promise<Soaked> {
  const setting = {
    signal,
    configuration: DURABLE,
    isBehindLink: true,
    settings: (_: number, directory: string) => ({
      NODE_OPTIONS: `--redirect-warnings=${join(directory, WARNINGS)}`,
    }),
  };
  return inLab(setting, async (lab) => {
    const samples: Sample[] = [];
    const happenings: Happening[] = [];
    const file = join(lab.directory, WARNINGS);
    await writeFile(file, '', { flag: 'a' }); // Node.js writes it with the first warning
    const load = { users, rate: RATE, after: AFTER };
    const observation = await lab.underLoad(() => disturb(lab, samples, happenings), load);
    return { observation, samples, happenings, warnings: (await readFile(file, 'utf8')).trim() };
  });

  async function disturb(lab: Lab, samples: Sample[], happenings: Happening[]) {
    const began = performance.now();
    const now = () => (performance.now() - began) / 1000;
    const until = (second: number) => sleep(1000 * Math.max(0, second - now()));
    const timer = setInterval(() => void sample(), (1000 * every) / SAMPLES);
    const count = Math.floor(seconds / every);
    for (let number = 0; number < count; number++) {
      await until(every * (number + 0.5));
      const [name, happen] = FAULTS[number % FAULTS.length]!;
      happenings.push({ at: now(), name });
      console.error(describeStep(number + 1, count, seconds - now(), name));
      await happen(lab);
    }
    await until(seconds - AFTER);
    clearInterval(timer);

    async function sample() {
      const holdings = await measureHoldings(lab).catch(() => null); // an instance is away
      if (holdings && holdings.keys >= 0) samples.push({ at: now(), ...holdings });
    }
  }
}
