/** Faults in the races: in what they send, and in how they judge. */
import type { Mutant } from '../mutant.ts';

const race = { file: 'src/lab/races/race.ts', suite: 'test/lab/races/race.test.ts' };

export const races: Mutant[] = [
  {
    breaks: 'only writes that were confirmed can be lost',
    ...race,
    search: 'filter((_, i) => confirmed[i])',
    replace: 'filter((_, i) => confirmed.length > i)',
    test: 'do not count when they were refused',
  },
  {
    breaks: 'the sign-out happens while a write is on its way',
    ...race,
    search: 'await session.signOut(instances[0]);\n  await upload.finish();',
    replace: 'await upload.finish();\n  await session.signOut(instances[0]);',
    test: 'happens while the other instance has the headers of a write, and not its body',
  },
  {
    breaks: 'a session is revived when it is known at either instance',
    ...race,
    search: 'known.includes(true)',
    replace: '!known.includes(false)',
    test: 'is undone when the session is back at',
  },
  {
    breaks: 'the program fails when this app loses updates',
    file: 'src/lab/races/races.ts',
    search: 'if (isAnythingUndone(own)) throw',
    replace: 'if (isAnythingUndone(own) && false) throw',
    suite: 'test/lab/races/races.test.ts',
    test: 'end with 1 when this app loses updates',
  },
  {
    breaks: 'sessions are looked at when all requests have been answered',
    ...race,
    search: 'await Promise.all([...before, signOut, ...after]);',
    replace: 'await Promise.race([...before, signOut, ...after]);',
    test: 'is undone when one of them brings it back',
  },
];
