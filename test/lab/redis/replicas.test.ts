/** When a primary has its replicas. */
import { hasReplicas } from '../../../src/lab/redis/replicas.ts';
import type { Server } from '../../../src/lab/redis/servers.ts';

const UP = 'state=online,offset=14';

it.each<[string, string, string[], boolean]>([
  ['both are up', 'master', [UP, UP], true],
  ['there are three', 'master', [UP, UP, UP], true],
  ['one is missing', 'master', [UP], false],
  ['there is none', 'master', [], false],
  ['one has confirmed nothing yet', 'master', [UP, 'state=online,offset=0'], false],
  ['one is still sent the data', 'master', [UP, 'state=send_bulk,offset=14'], false],
  ['it is a replica itself', 'slave', [UP, UP], false],
])('a server of two replicas: %s', async (_, role, states, expected) => {
  const replicas = states.map((state, i) => `slave${i}:ip=127.0.0.1,port=1,${state},lag=0`);
  const info = ['# Replication', `role:${role}`, ...replicas].join('\r\n');

  expect(await hasReplicas({ ask: async () => info } as unknown as Server, 2)).toBe(expected);
});
