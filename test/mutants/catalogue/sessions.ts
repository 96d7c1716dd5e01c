/** Faults in sessions: what a session promises, whatever instance answers. */
import type { Mutant } from '../mutant.ts';

export const sessions: Mutant[] = [
  {
    breaks: 'a session keeps its user',
    file: 'src/sessions/store.ts',
    search: 'if (!isOf(loaded, owner)) throw',
    replace: 'if (!owner) throw',
    suite: 'test/sessions/store.test.ts',
    test: 'a session keeps its user',
  },
];
