/** Attacks by strangers, for as long as it takes to stop an app that does not stand them. */
import { itHolds } from './small-scale.ts';

describe('what holds when strangers attack', () => itHolds('attacks'));
