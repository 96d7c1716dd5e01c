/** Keeps the app at work for long, breaks one thing after the other, and takes samples. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inLab, type Lab } from '../lab.ts';
import type { Link } from '../link.ts';
import type { Observation } from '../observation.ts';
import { measureProcesses } from '../processes.ts';
import { DURABLE, hang, killForAWhile, NAME, startBehindLink } from '../redis-services.ts';
import type { Happening } from './plot.ts';
import type { Sample } from './samples.ts';

const SAMPLES = 12; // between two faults
const AFTER = 2; // seconds that are left to see that all works

type Disturb = (lab: Lab, link: Link) => Promise<unknown>;

const FAULTS: [string, Disturb][] = [
  ['Redis killed', ({ redis }) => killForAWhile(redis.get(NAME)!, 2000)],
  ['an instance killed', ({ instances }) => instances.kill(0)],
  ['connections reset', (_, link) => Promise.resolve(link.reset())],
  ['Redis hangs', ({ redis }) => hang(redis.get(NAME)!, 3000)],
  ['rolling restart', ({ instances }) => instances.restart()],
];

interface Plan {
  seconds: number;
  /** Seconds from one fault to the next. */
  every: number;
  users: number;
}

export interface Soaked {
  observation: Observation;
  samples: Sample[];
  happenings: Happening[];
  /** What Node.js had to say of the instances. */
  warnings: string;
}

/** Resolves when the load is over. */
export async function soak({ seconds, every, users }: Plan): Promise<Soaked> {
  const samples: Sample[] = [];
  const happenings: Happening[] = [];
  const directory = await mkdtemp(join(tmpdir(), 'soak-'));
  const file = join(directory, 'warnings');
  await writeFile(file, '');
  let link: Link;
  const bind = async (servers: Parameters<typeof startBehindLink>[0]) => {
    const bound = await startBehindLink(servers, DURABLE);
    link = bound.link;
    return bound.credentials;
  };
  const settings = () => ({ NODE_OPTIONS: `--redirect-warnings=${file}` });
  try {
    return await inLab({ bind, settings }, async (lab) => {
      const load = { users, rate: 50, after: AFTER };
      const observation = await lab.underLoad(() => disturb(lab), load);
      link.close();
      const warnings = (await readFile(file, 'utf8')).trim();
      return { observation, samples, happenings, warnings };
    });
  } finally {
    await rm(directory, { recursive: true });
  }

  async function disturb(lab: Lab) {
    const began = performance.now();
    const now = () => (performance.now() - began) / 1000;
    const until = (second: number) => sleep(1000 * Math.max(0, second - now()));
    const timer = setInterval(() => void sample(), (1000 * every) / SAMPLES);
    for (let number = 0; every * (number + 1) <= seconds; number++) {
      await until(every * (number + 0.5));
      const [name, happen] = FAULTS[number % FAULTS.length]!;
      happenings.push({ at: now(), name });
      console.error(`${Math.round(now())} s: ${name}`);
      await happen(lab, link);
    }
    await until(seconds - AFTER);
    clearInterval(timer);

    async function sample() {
      try {
        const { resident, sockets } = await measureProcesses(lab.instances);
        const keys = Number(await lab.redis.get(NAME)!.ask('DBSIZE'));
        samples.push({ at: now(), resident, sockets, keys });
      } catch {
        // Redis or an instance is away: there will be another sample
      }
    }
  }
}
