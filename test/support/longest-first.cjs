/** Starts the longest suites first, so that none of them is left to run alone at the end. */
const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * Suites that take more than 15 seconds. Jest knows no times in a fresh clone. Those that take processor
 * time alternate with those that mostly wait, so that side by side they use the machine well.
 */
const LONGEST = [
  'lab/foundry/redis',
  'page/page',
  'lab/faults/attacks',
  'operator/walk-through',
  'lab/faults/redis-faults',
  'staging',
  'lab/foundry/foundry',
  'lab/faults/soak',
  'lab/load-test/load-test',
  'page/session',
  'lab/scale-out/scale-out',
  'operator/page',
  'deploy/kubernetes',
  'lab/faults/instance-faults',
  'page/layout',
  'lab/faults/faults',
  'deploy/compose',
  'routes/instances',
  'redis/versions',
  'http/memory',
  'redis/topologies',
  'lab/smoke-test/smoke-test',
  'lab/scale-out/logins',
  'redis/probe',
  'lab/races/races',
  'sessions/instances',
  'server',
  'page/foundry',
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
