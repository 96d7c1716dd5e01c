/** Faults in the comparison of session stores and routers while scaling out. */
import type { Mutant } from '../mutant.ts';

export const scaleOut: Mutant[] = [
  {
    breaks: 'sessions in memory are kept in memory',
    file: 'src/lab/scale-out/experiment.ts',
    search: "memory: ['--sessions', 'memory'],",
    replace: 'memory: [],',
    suite: 'test/lab/scale-out/experiment.test.ts',
    test: 'loses logins in memory, and none behind a sticky router or in Redis',
  },
  {
    breaks: 'an instance is killed, not one that is not there',
    file: 'src/lab/scale-out/experiment.ts',
    search: "await foundry.command('kill', instances - 1);",
    replace: 'void foundry;\n    void instances;',
    suite: 'test/lab/scale-out/experiment.test.ts',
    test: 'kill: a foundry with three instances is told',
  },
  {
    breaks: 'the app is scaled in again',
    file: 'src/lab/scale-out/experiment.ts',
    search: "await foundry.command('scale', instances);\n  },",
    replace: "await foundry.command('scale', 2 * instances);\n  },",
    suite: 'test/lab/scale-out/experiment.test.ts',
    test: 'scale out and in: a foundry with three instances is told',
  },
  {
    breaks: 'the share of logins lost is of all logins',
    file: 'src/lab/scale-out/results.ts',
    search: 'loginsLost / logins',
    replace: 'loginsLost / (logins + loginsLost)',
    suite: 'test/lab/scale-out/plot.test.ts',
    test: 'has a row for each run, in the order of the plot',
  },
];
