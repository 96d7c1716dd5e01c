/** `npm run soak`, constant load with a fault now and then, what grows?: arguments and life cycle. */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { Problem } from '../../command-line/problem.ts';
import { readWholeNumber } from '../../command-line/program.ts';
import { stopLabsOnSignals } from '../lab.ts';
import { describeLoad, findLosses } from '../observation.ts';
import { plotSoak } from './plot.ts';
import { soak } from './run.ts';
import { findGrowth, type Measure, measureGrowth, type Sample, TOLERANCE } from './samples.ts';

const USAGE = `Usage: npm run soak -- [options]

Keeps users busy with 50 requests per second, and breaks something every minute: Redis is killed
and started again, hangs, or loses its connections; an instance is killed, or all are restarted.
Prints how memory, sockets and keys in Redis have grown, and what Node.js has warned of, as it does
of event listeners that only ever become more.

  --minutes N   30 if not given
  --seconds N   instead of minutes, from 15 to 3600
  --every N     seconds from one fault to the next, from 4 to 60; 60 if not given
  --users N     20 if not given
  --svg FILE    writes a plot there

Exit code: 0 when they are flat, nothing was lost and nothing was warned of, otherwise 1.`;

process.exitCode = await main();

async function main(): Promise<number> {
  try {
    const { help, svg, ...plan } = readArguments();
    if (help) {
      console.log(USAGE);
      return 0;
    }
    stopLabsOnSignals();
    const { observation, samples, happenings, warnings } = await soak(plan);
    if (svg) await writeFile(svg, plotSoak(samples, happenings));
    console.log(`${describeLoad(observation)}\n${describeGrowth(samples)}`);
    console.log(`warnings of Node.js: ${warnings || 'none'}`);
    const broken = [...findLosses(observation), ...findGrowth(samples)];
    if (broken.length > 0) console.log(broken.join('; ').toUpperCase());
    return broken.length === 0 && !warnings ? 0 : 1;
  } catch (error) {
    console.error(error instanceof Problem ? error.message : error);
    return 1;
  }
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        minutes: { type: 'string', default: '30' },
        seconds: { type: 'string' },
        every: { type: 'string', default: '60' },
        users: { type: 'string', default: '20' },
        svg: { type: 'string' },
        help: { type: 'boolean' },
      },
    });
    const { minutes, seconds } = values;
    return {
      ...values,
      seconds: seconds
        ? readWholeNumber('seconds', seconds, 15, 3600)
        : 60 * readWholeNumber('minutes', minutes, 1, 24 * 60),
      every: readWholeNumber('every', values.every, 4, 60),
      users: readWholeNumber('users', values.users, 1, 128),
    };
  } catch (error) {
    throw new Problem(`${(error as Error).message}\n\n${USAGE}`);
  }
}

function describeGrowth(samples: Sample[]): string {
  return (Object.keys(TOLERANCE) as Measure[])
    .map((measure) => `${measure}: ${measureGrowth(samples, measure).toFixed(1)} more at the end`)
    .join('\n');
}
