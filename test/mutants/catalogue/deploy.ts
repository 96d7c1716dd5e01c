/** Faults in the files for Compose and Kubernetes. */
import type { Mutant } from '../mutant.ts';

const COMPOSE = 'test/deploy/compose.test.ts';
const KUBERNETES = 'test/deploy/kubernetes.test.ts';

export const deploy: Mutant[] = [
  {
    breaks: 'Compose publishes the app to this machine alone',
    file: 'compose.yaml',
    search: "'127.0.0.1:8080:8080'",
    replace: "'8080:8080'",
    suite: COMPOSE,
    test: 'compose.yaml publishes the router alone',
  },
  {
    breaks: 'the app has the same limits for its heap on every platform',
    file: 'compose.yaml',
    search: '--max-old-space-size=112',
    replace: '--max-old-space-size=512',
    suite: COMPOSE,
    test: 'compose.yaml runs the app with the command of the Procfile',
  },
  {
    breaks: 'a deleted pod serves until all routers know',
    file: 'deploy/kubernetes.yaml',
    search: 'sleep: { seconds: 5 }',
    replace: 'sleep: { seconds: 1 }',
    suite: KUBERNETES,
    test: 'kubernetes.yaml drains a pod longer than routers send requests to it',
  },
  {
    breaks: 'each address of Redis leads to a pod of its own',
    file: 'deploy/kubernetes.yaml',
    search: 'pod-name: redis-1',
    replace: 'pod-name: redis-0',
    suite: KUBERNETES,
    test: 'the pods of the Service redis-address-1',
  },
  {
    breaks: 'Redis is set up alike on both platforms',
    file: 'compose.yaml',
    search: 'min-replicas-to-write 1',
    replace: 'min-replicas-to-write 0',
    suite: KUBERNETES,
    test: 'the pods of Redis are set up as the services of Compose',
  },
  {
    breaks: 'a field that Kubernetes would ignore is noticed',
    file: 'deploy/kubernetes.yaml',
    search: 'podManagementPolicy: Parallel',
    replace: 'podManagementPolicies: Parallel',
    suite: KUBERNETES,
    test: 'kubernetes.yaml has a valid StatefulSet redis',
  },
];
