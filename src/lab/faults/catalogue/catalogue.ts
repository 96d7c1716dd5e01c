/** All faults, in the order of the table. */
import type { Fault } from '../fault.ts';
import { evictionPolicies } from './eviction.ts';
import { instanceFaults } from './instances.ts';
import { redisFaults } from './redis.ts';
import { strangers } from './strangers.ts';

export const catalogue: Fault[] = [
  ...redisFaults,
  ...instanceFaults,
  ...strangers,
  evictionPolicies,
];
