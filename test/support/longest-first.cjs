/** Starts the longest suites first, so that none of them is left to run alone at the end. */
const { default: Sequencer } = require('@jest/test-sequencer');

/** Suites that take more than 20 seconds. Jest knows no times in a fresh clone. */
const LONGEST = [
  'lab/faults/attacks',
  'lab/faults/redis-faults',
  'lab/load-test/load-test',
  'lab/foundry/redis',
  'page/page',
  'accounts/lifecycle',
  'sessions/interleavings',
  'staging',
  'lab/scale-out/scale-out',
  'lab/faults/soak',
  'sessions/instances',
  'page/session',
  'lab/faults/instance-faults',
  'lab/scale-out/experiment',
  'lab/faults/faults',
  'lab/foundry/foundry',
  'redis/versions',
];

module.exports = class LongestFirst extends Sequencer {
  async sort(tests) {
    return (await super.sort(tests)).toSorted((one, other) => rank(one) - rank(other));
  }
};

function rank({ path }) {
  const place = LONGEST.findIndex((suite) => path.endsWith(`/test/${suite}.test.ts`));
  return place === -1 ? LONGEST.length : place;
}
