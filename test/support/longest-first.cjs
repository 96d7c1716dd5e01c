/** Starts the longest suites first, so that none of them is left to run alone at the end. */
const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * Suites that take more than 15 seconds. Jest knows no times in a fresh clone. Those that take processor
 * time alternate with those that mostly wait, so that side by side they use the machine well.
 */
const LONGEST = [
  'lab/faults/attacks',
  'page/page',
  'staging',
  'page/session',
  'lab/faults/redis-faults',
  'lab/foundry/redis',
  'lab/load-test/load-test',
  'redis/misconfigurations',
  'lab/faults/instance-faults',
  'page/layout',
  'deploy/kubernetes',
  'lab/foundry/foundry',
  'lab/faults/soak',
  'operator/walk-through',
  'lab/scale-out/scale-out',
  'operator/page',
  'lab/faults/faults',
  'sessions/instances',
  'lab/races/races',
  'routes/instances',
  'deploy/compose',
  'redis/probe',
  'lab/scale-out/logins',
  'redis/topologies',
  'lab/peers/servers',
  'redis/versions',
  'lab/smoke-test/smoke-test',
  'routes/redis-trouble',
  'page/foundry',
  'http/memory',
  'server',
  'accounts/limits',
  'lab/load-test/steps',
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
