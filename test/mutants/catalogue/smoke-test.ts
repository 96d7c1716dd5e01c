/** Faults in the smoke test: it may pass what is broken, or leave something behind. */
import type { Mutant } from '../mutant.ts';

const SUITE = 'test/lab/smoke-test/smoke-test.test.ts';

export const smokeTest: Mutant[] = [
  {
    breaks: 'exit code: 1 when a plan does not work',
    file: 'src/lab/smoke-test/smoke-test.ts',
    search: 'if (!areGood) process.exitCode = 1;',
    replace: 'if (!areGood) process.exitCode = 0;',
    suite: SUITE,
    test: 'removes all when a binding fails, and when the app does not start',
  },
  {
    breaks: 'a service instance that was made is removed',
    file: 'src/lab/smoke-test/errand.ts',
    search: "leftovers.push({ words: ['delete-service', name, '-f'], remove: deleteService });",
    replace:
      'leftovers.push(...[deleteService].slice(1).map((remove) => ({ words: [], remove })));',
    suite: SUITE,
    test: 'removes all when a binding fails, and when the app does not start',
  },
  {
    breaks: 'Ctrl-C removes what the test has made',
    file: 'src/lab/smoke-test/smoke-test.ts',
    search: 'cleaner: createCf(limit)',
    replace: 'cleaner: createCf(limit, signal)',
    suite: SUITE,
    test: 'removes all on Ctrl-C',
  },
  {
    breaks: 'what could not be removed is named',
    file: 'src/lab/smoke-test/steps.ts',
    search: 'if (isGone) leftovers.splice',
    replace: 'if (isGone !== null) leftovers.splice',
    suite: SUITE,
    test: 'names what it cannot remove of a plan that works, with the command to type',
  },
  {
    breaks: 'a Redis that does not work fails the test',
    file: 'src/lab/smoke-test/app.ts',
    search: "if (!verdict.startsWith('Redis works')) throw new Problem(verdict);",
    replace: "if (!verdict.startsWith('Redis')) throw new Problem(verdict);",
    suite: SUITE,
    test: 'says what cf says of a plan that is not offered, and tests the others',
  },
  {
    breaks: 'exit code 1 when something is left',
    file: 'src/lab/smoke-test/errand.ts',
    search: 'return leftovers.length === 0;',
    replace: 'return true;',
    suite: SUITE,
    test: 'names what it cannot remove of a plan that works, with the command to type',
  },
  {
    breaks: 'HTTPS is asked before HTTP',
    file: 'src/lab/smoke-test/app.ts',
    search: '[`https://${route}`, `http://${route}`]',
    replace: '[`http://${route}`, `https://${route}`]',
    suite: 'test/lab/smoke-test/app.test.ts',
    test: 'HTTPS, where HTTP answers as well',
  },
  {
    breaks: 'two instances have served the login',
    file: 'src/lab/smoke-test/app.ts',
    search: 'size === 2',
    replace: 'size >= 1',
    suite: 'test/lab/smoke-test/app.test.ts',
    test: 'is shared when two instances have served it, and no sooner',
  },
  {
    breaks: 'a broker without a message has none',
    file: 'src/lab/smoke-test/cf.ts',
    search: ':[ \\t]+(\\S.*)$/m',
    replace: ':\\s+(\\S.*)$/m',
    suite: 'test/lab/smoke-test/cf.test.ts',
    test: 'has failed: create failed',
  },
];
