/** `npm run soak`: what grows under a constant load with a fault now and then? */
import { writeFile } from 'node:fs/promises';
import { outputOption } from '../../command-line/output-file.ts';
import { createProgram, numberOption, runProgram } from '../../command-line/program.ts';
import { stopOnSignals } from '../../command-line/stopping.ts';
import { describeLoad } from '../observation.ts';
import { judgeSoak } from './judgement.ts';
import { plotSoak } from './plot.ts';
import { soak } from './run.ts';
import { type Measure, measureGrowth, type Sample, TOLERANCE } from './growth.ts';

const DESCRIPTION = `Keeps users busy with 50 requests per second, and breaks something every minute: Redis is killed and started again, hangs, or loses its connections; an instance is killed, or all are restarted. Prints how memory, sockets and keys in Redis have grown, and what Node.js has warned of, as it does of event listeners that only ever become more.

Exit code: 0 when they are flat, nothing was lost and nothing was warned of, otherwise 1.`;

interface Options {
  minutes: number;
  seconds?: number;
  every: number;
  users: number;
  svg?: string;
}

await runProgram(
  createProgram('soak')
    .description(DESCRIPTION)
    .addOption(numberOption('--minutes <N>', 'length of the soak', 1, 24 * 60).default(30))
    .addOption(numberOption('--seconds <N>', 'instead of minutes, from 15 to 3600', 15, 3600))
    .addOption(
      numberOption(
        '--every <N>',
        'seconds from one fault to the next, from 4 to 60',
        4,
        60,
      ).default(60),
    )
    .addOption(numberOption('--users <N>', 'number of users', 1, 128).default(20))
    .addOption(outputOption('--svg <FILE>', 'writes a plot there'))
    .action(async (options) => {
      if (!(await isFlat(options))) process.exitCode = 1;
    }),
);

async function isFlat({ minutes, seconds = 60 * minutes, every, users, svg }: Options) {
  const { signal } = stopOnSignals(() => process.exit(1));
  const length = { seconds, every, users };
  const soaked = await soak(length, signal);
  const { observation, samples, happenings, warnings } = soaked;
  if (svg) await writeFile(svg, plotSoak(samples, happenings));
  console.log(`${describeLoad(observation)}\n${describeGrowth(samples)}`);
  console.log(`warnings of Node.js: ${warnings || 'none'}`);
  const broken = judgeSoak(soaked);
  if (broken.length > 0) console.log(broken.join('; ').toUpperCase());
  return broken.length === 0;
}

function describeGrowth(samples: Sample[]): string {
  return (Object.keys(TOLERANCE) as Measure[])
    .map((measure) => `${measure}: ${measureGrowth(samples, measure).toFixed(1)} more at the end`)
    .join('\n');
}
