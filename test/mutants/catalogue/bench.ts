/** Faults in the bench. */
import type { Mutant } from '../mutant.ts';

export const bench: Mutant[] = [
  {
    breaks: 'an answer that is not the expected one ends the measurement',
    file: 'src/lab/peers/exchanges.ts',
    search: 'readUser(body) === expected.user',
    replace: 'readUser(body) !== undefined',
    suite: 'test/lab/peers/exchanges.test.ts',
    test: 'is refused when it is another user',
  },
  {
    breaks: 'a goal is met when the app reaches it, not the other way round',
    file: 'src/lab/bench/goals.ts',
    search: 'rate.median >= atLeast',
    replace: 'rate.maximum >= atLeast',
    suite: 'test/lab/bench/report.test.ts',
    test: 'are judged by the median of the ratios',
  },
  {
    breaks: 'requests that failed are no measurement',
    file: 'src/lab/bench/wrk.ts',
    search: '.filter(([, count]) => count > 0)',
    replace: '.filter(([, count]) => count > 1000)',
    suite: 'test/lab/bench/wrk.test.ts',
    test: 'is refused with the kinds and numbers of its errors',
  },
  {
    breaks: 'each session write changes the session',
    file: 'src/lab/peers/exchanges.ts',
    search: 'isNumbered: true, // a store that sees no change may write nothing',
    replace: '',
    suite: 'test/lab/peers/exchanges.test.ts',
    test: 'changes the session each time',
  },
  {
    breaks: 'the goal for memory holds in all rounds',
    file: 'src/lab/bench/goals.ts',
    search: 'resident.maximum < goals.resident',
    replace: 'resident.median < goals.resident',
    suite: 'test/lab/bench/report.test.ts',
    test: 'forgive one slow round',
  },
];
