/** Faults in the comparison of numbers of instances, session stores and routers while scaling out. */
import type { Mutant } from '../mutant.ts';

export const scaleOut: Mutant[] = [
  {
    breaks: 'sessions in memory are kept in memory',
    file: 'src/lab/scale-out/logins.ts',
    search: "memory: { SESSIONS: 'memory' },",
    replace: 'memory: {},',
    suite: 'test/lab/scale-out/logins.test.ts',
    test: 'loses logins in memory, and none behind a sticky router or in Redis',
  },
  {
    breaks: 'an instance is killed, not one that is not there',
    file: 'src/lab/scale-out/logins.ts',
    search: 'await app.kill(count - 1);',
    replace: 'void app;\n    void count;',
    suite: 'test/lab/scale-out/logins.test.ts',
    test: 'kill: an app with three instances is told',
  },
  {
    breaks: 'the app is scaled in again',
    file: 'src/lab/scale-out/logins.ts',
    search: 'await app.scale(count);\n  },',
    replace: 'await app.scale(2 * count);\n  },',
    suite: 'test/lab/scale-out/logins.test.ts',
    test: 'scale out and in: an app with three instances is told',
  },
  {
    breaks: 'the share of logins lost is of all logins',
    file: 'src/lab/scale-out/results.ts',
    search: 'loginsLost / logins',
    replace: 'loginsLost / (logins + loginsLost)',
    suite: 'test/lab/scale-out/plot.test.ts',
    test: 'has a row for each run, by event',
  },
  {
    breaks: 'what instances carry is compared with one instance of the same load',
    file: 'src/lab/scale-out/results.ts',
    search: 'other.scenario === scenario && other.instances === 1',
    replace: 'other.scenario !== scenario && other.instances === 1',
    suite: 'test/lab/scale-out/plot.test.ts',
    test: 'has a row for each load and number of instances',
  },
  {
    breaks: 'a part that is not busy is no limit',
    file: 'src/lab/scale-out/limit.ts',
    search: 'usage[part] >= BUSY',
    replace: 'usage[part] >= BUSY - 1',
    suite: 'test/lab/scale-out/limit.test.ts',
    test: 'the limit of a load',
  },
  {
    breaks: 'the load that warms up is not counted',
    file: 'src/lab/scale-out/throughput.ts',
    search: 'if (i >= WARM_UPS) report',
    replace: 'report',
    suite: 'test/lab/scale-out/throughput.test.ts',
    test: 'measures a number of instances, and warms up before',
  },
  {
    breaks: 'a wrong value is an error',
    file: 'src/lab/scale-out/throughput.ts',
    search: 'countFailed(step) + valuesWrong',
    replace: 'countFailed(step) + 0 * valuesWrong',
    suite: 'test/lab/scale-out/throughput.test.ts',
    test: 'counts wrong values with the errors',
  },
];
