/** `npm run soak`, constant load with a fault every minute: what grows? */
import { writeFile } from 'node:fs/promises';
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

const USAGE = `Usage: npm run soak -- [--minutes N] [--svg FILE]

Keeps 20 users busy with 50 requests per second, and breaks something every minute: Redis is killed
and started again, hangs, or loses its connections; an instance is killed, or all are restarted.
Prints how memory, sockets and keys in Redis have grown.

  --minutes N   30 if not given
  --svg FILE    writes a plot there

Exit code: 0 when they are flat and nothing was lost, otherwise 1.`;

const INTERVAL = 5000; // milliseconds between samples

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
        svg: { type: 'string' },
        help: { type: 'boolean' },
      },
    });
    const minutes = Number(values.minutes);
    if (values.help || !(minutes >= 1)) throw new Problem(USAGE);
    return await soak(minutes, values.svg);
  } catch (error) {
    console.error(error instanceof Problem ? error.message : error);
    return 1;
  }
}

async function soak(minutes: number, svg?: string): Promise<number> {
  const samples: Sample[] = [];
  const happenings: Happening[] = [];
  let link: Link;
  const bind = async (servers: Parameters<typeof startBehindLink>[0]) => {
    const bound = await startBehindLink(servers, DURABLE);
    link = bound.link;
    return bound.credentials;
  };
  return inLab({ bind }, async (lab) => {
    const load = { duration: 60 * minutes, rate: 50 };
    const observation = await lab.underLoad(() => disturb(lab), load);
    link.close();
    if (svg) await writeFile(svg, plotSoak(samples, happenings));
    console.log(`${describeLoad(observation)}\n${describeGrowth(samples)}`);
    return isFlat(samples) && isAllKept(observation) ? 0 : 1;
  });

  async function disturb(lab: Lab) {
    const began = performance.now();
    const now = () => (performance.now() - began) / 1000;
    const timer = setInterval(() => void sample(), INTERVAL);
    for (let minute = 0; minute < minutes; minute++) {
      await sleep(1000 * Math.max(0, 60 * minute + 30 - now()));
      const [name, happen] = FAULTS[minute % FAULTS.length]!;
      happenings.push({ at: now(), name });
      console.error(`Minute ${minute + 1}: ${name}`);
      await happen(lab, link);
    }
    await sleep(1000 * Math.max(0, 60 * minutes - 5 - now()));
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
