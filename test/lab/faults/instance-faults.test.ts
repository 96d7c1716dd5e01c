/** Instances that go or hang, and instances that are asked what nobody should ask. */
import { itHolds } from './small-scale.ts';

describe('what holds when instances break', () => itHolds('instances'));
