/** All mutants, room by room. */
import type { Mutant } from '../mutant.ts';
import { accounts } from './accounts.ts';
import { bench } from './bench.ts';
import { cloudfoundry } from './cloudfoundry.ts';
import { deploy } from './deploy.ts';
import { faults } from './faults.ts';
import { foundry } from './foundry.ts';
import { http } from './http.ts';
import { instances } from './instances.ts';
import { loadTest } from './load-test.ts';
import { page } from './page.ts';
import { operator } from './operator.ts';
import { races } from './races.ts';
import { redis } from './redis.ts';
import { routes } from './routes.ts';
import { scaleOut } from './scale-out.ts';
import { sessions } from './sessions.ts';
import { smokeTest } from './smoke-test.ts';

export const catalogue: Mutant[] = [
  ...accounts,
  ...bench,
  ...cloudfoundry,
  ...deploy,
  ...faults,
  ...foundry,
  ...http,
  ...instances,
  ...loadTest,
  ...operator,
  ...page,
  ...races,
  ...redis,
  ...routes,
  ...scaleOut,
  ...sessions,
  ...smokeTest,
];
