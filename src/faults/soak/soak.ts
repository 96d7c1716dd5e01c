/** `npm run soak`, constant load with a fault now and then: what grows? */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Problem } from '../../command-line/problem.ts';
import { inLab, type Lab } from '../lab.ts';
import type { Link } from '../link.ts';
import { describeLoad, isAllKept } from '../observation.ts';
import { measureProcesses } from '../processes.ts';
import { DURABLE, hang, killForAWhile, NAME, startBehindLink } from '../redis-services.ts';
import { type Happening, plotSoak } from './plot.ts';
import { isFlat, type Measure, measureGrowth, type Sample, TOLERANCE } from './samples.ts';

const USAGE = `Usage: npm run soak -- [--minutes N] [--every N] [--svg FILE]

Keeps 20 users busy with 50 requests per second, and breaks something every minute: Redis is killed
and started again, hangs, or loses its connections; an instance is killed, or all are restarted.
Prints how memory, sockets and keys in Redis have grown, and what Node.js has warned of, as it does
of event listeners that only ever become more.

  --minutes N   30 if not given
  --every N     seconds from one fault to the next, 15 or more; 60 if not given
  --svg FILE    writes a plot there

Exit code: 0 when they are flat, nothing was lost and nothing was warned of, otherwise 1.`;

const SAMPLES = 12; // between two faults

type Disturb = (lab: Lab, link: Link) => Promise<unknown>;

const FAULTS: [string, Disturb][] = [
  ['Redis killed', ({ redis }) => killForAWhile(redis.get(NAME)!, 2000)],
  ['an instance killed', ({ instances }) => instances.kill(0)],
  ['connections reset', (_, link) => Promise.resolve(link.reset())],
  ['Redis hangs', ({ redis }) => hang(redis.get(NAME)!, 3000)],
  ['rolling restart', ({ instances }) => instances.restart()],
];

process.exitCode = await main();

async function main(): Promise<number> {
  try {
    const { values } = parseArgs({
      options: {
        minutes: { type: 'string', default: '30' },
        every: { type: 'string', default: '60' },
        svg: { type: 'string' },
        help: { type: 'boolean' },
      },
    });
    const [minutes, every] = [Number(values.minutes), Number(values.every)];
    if (values.help || !(minutes >= 1) || !(every >= 15)) throw new Problem(USAGE);
    return await soak({ seconds: 60 * minutes, every, svg: values.svg });
  } catch (error) {
    console.error(error instanceof Problem ? error.message : error);
    return 1;
  }
}

interface Plan {
  seconds: number;
  /** Seconds from one fault to the next. */
  every: number;
  /** A file for the plot. */
  svg?: string;
}

async function soak({ seconds, every, svg }: Plan): Promise<number> {
  const samples: Sample[] = [];
  const happenings: Happening[] = [];
  const directory = await mkdtemp(join(tmpdir(), 'soak-'));
  const warnings = join(directory, 'warnings');
  await writeFile(warnings, '');
  let link: Link;
  const bind = async (servers: Parameters<typeof startBehindLink>[0]) => {
    const bound = await startBehindLink(servers, DURABLE);
    link = bound.link;
    return bound.credentials;
  };
  const settings = () => ({ NODE_OPTIONS: `--redirect-warnings=${warnings}` });
  try {
    return await inLab({ bind, settings }, async (lab) => {
      const load = { duration: seconds, rate: 50 };
      const observation = await lab.underLoad(() => disturb(lab), load);
      link.close();
      if (svg) await writeFile(svg, plotSoak(samples, happenings));
      const warned = (await readFile(warnings, 'utf8')).trim();
      console.log(`${describeLoad(observation)}\n${describeGrowth(samples)}`);
      console.log(`warnings of Node.js: ${warned || 'none'}`);
      return isFlat(samples) && isAllKept(observation) && !warned ? 0 : 1;
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
    await until(seconds - 5);
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

function describeGrowth(samples: Sample[]): string {
  return (Object.keys(TOLERANCE) as Measure[])
    .map((measure) => `${measure}: ${measureGrowth(samples, measure).toFixed(1)} more at the end`)
    .join('\n');
}
