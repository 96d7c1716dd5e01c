/** Starts the longest suites first, so that none of them is left to run alone at the end. */
const { default: Sequencer } = require('@jest/test-sequencer');

/** Suites that take more than 20 seconds. Jest knows no times in a fresh clone. */
const LONGEST = [
  'lab/faults/attacks',
  'staging',
  'lab/load-test/load-test',
  'page/session',
  'deploy/kubernetes',
  'lab/faults/instance-faults',
  'lab/faults/redis-faults',
  'accounts/limits',
  'sessions/instances',
  'deploy/compose',
  'operator/walk-through',
  'lab/foundry/redis',
  'redis/misconfigurations',
  'page/page',
  'page/layout',
  'lab/foundry/foundry',
  'redis/topologies',
  'lab/scale-out/logins',
  'lab/scale-out/scale-out',
  'lab/faults/faults',
  'http/memory',
  'routes/session',
  'lab/peers/servers',
  'lab/faults/soak',
  'lab/races/races',
  'redis/versions',
  'lab/smoke-test/smoke-test',
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
