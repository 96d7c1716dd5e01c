/** `npm run scale-out`, the experiment that shows where logins are lost: arguments and life cycle. */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { Problem } from '../command-line/problem.ts';
import { stopOnSignals } from '../command-line/stopping.ts';
import { readWholeNumber } from '../command-line/program.ts';
import { describeMachine } from '../report/machine.ts';
import { conduct, type Extent } from './conduct.ts';
import { EVENTS, SESSIONS } from './experiment.ts';
import { plotScaleOut } from './plot.ts';
import { scaleOutTable } from './table.ts';

const USAGE = `Usage: npm run scale-out -- [options]

Keeps sessions in the memory of the instances, in memory behind a sticky router, and in Redis; has
one, two and four instances; and puts load on them while nothing happens, while one is killed, and
while the app is scaled out and in again. Prints how many logins are lost. Takes about eight minutes.

  --instances LIST  numbers of instances; 1,2,4 if not given
  --seconds N       of load, for each of the 27 runs; 8 if not given
  --rate N          requests per second; 100 if not given
  --users N         12 if not given
  --svg FILE        writes the plot there
  --json FILE       writes the figures there
  --help            prints this text`;

process.exitCode = await main();

async function main(): Promise<number> {
  const { signal } = stopOnSignals(() => process.exit(1));
  try {
    const { help, extent, svg, json } = readArguments();
    if (help) {
      console.log(USAGE);
      return 0;
    }
    const runs = await conduct(extent, signal, (text) => console.error(text));
    console.log(`${scaleOutTable(runs)}\n\n${describeMachine()}`);
    if (json) await writeFile(json, `${JSON.stringify(runs, null, 2)}\n`);
    if (svg) await writeFile(svg, plotScaleOut(runs, { subtitle: describeMachine() }));
    return 0;
  } catch (error) {
    console.error(error instanceof Problem ? error.message : error);
    return 1;
  }
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        instances: { type: 'string', default: '1,2,4' },
        seconds: { type: 'string', default: '8' },
        rate: { type: 'string', default: '100' },
        users: { type: 'string', default: '12' },
        svg: { type: 'string' },
        json: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    const extent: Extent = {
      sessions: SESSIONS,
      events: EVENTS,
      counts: values.instances.split(',').map((text) => readWholeNumber('instances', text, 1, 10)),
      duration: readWholeNumber('seconds', values.seconds, 1, 600),
      rate: readWholeNumber('rate', values.rate, 1, 10_000),
      users: readWholeNumber('users', values.users, 1, 128),
    };
    return { ...values, extent };
  } catch (error) {
    throw new Problem(`${(error as Error).message}\n\n${USAGE}`);
  }
}
