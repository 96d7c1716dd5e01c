/** A Redis that goes, hangs, is full or rearranged, and the network before it. */
import { itHolds } from './small-scale.ts';

describe('what holds when Redis breaks', () => itHolds('redis'));
