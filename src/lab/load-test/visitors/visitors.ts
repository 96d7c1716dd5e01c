/** The users of a scenario: they come to have accounts and keys, and leave without. */
import { randomBytes } from 'node:crypto';
import { Problem } from '../../command-line/problem.ts';
import { carryOut } from './carry-out.ts';
import { createKeyVisitor } from './key-visitor.ts';
import { createSessionVisitor } from './session-visitor.ts';
import type { Visitor } from './visitor.ts';

export const SCENARIOS = ['keys', 'sessions', 'mixed'] as const;

export type Scenario = (typeof SCENARIOS)[number];

/** At a time, before and after the load: the app hashes no more than a few passwords at once. */
const HANDFUL = 4;

export function createVisitors(scenario: Scenario, origin: string, users: number) {
  const test = `load-test-${randomBytes(4).toString('hex')}`;
  const password = randomBytes(16).toString('hex');
  const names = Array.from({ length: users }, (_, i) => `${test}-${i + 1}`);
  const withKeys = scenario === 'sessions' ? [] : names.map(createKeyVisitor);
  const withSessions =
    scenario === 'keys'
      ? []
      : names.map((username) => createSessionVisitor(origin, { username, password }));
  const all = names.map((_, i) => alternate([withSessions[i], withKeys[i]]));

  return { all, signUp, countLogins, leave };

  /** Throws a problem when somebody cannot. */
  async function signUp(): Promise<void> {
    await forEach(withSessions, async (visitor) => {
      const exchange = visitor.signUp();
      const { fault, body } = await carryOut(origin, exchange);
      if (fault) throw new Problem(`${exchange.name} failed: ${fault}. ${body}`);
    });
  }

  function countLogins(): number {
    return withSessions.filter(({ isSignedIn }) => isSignedIn).length;
  }

  /** Removes the keys and the accounts. Returns the names of those that are left. */
  async function leave(): Promise<string[]> {
    const left = new Set<string>();
    await forEach(names, async (name, i) => {
      const [keys, sessions] = [withKeys[i], withSessions[i]];
      const exchanges = [
        keys?.remove(),
        sessions?.hasAccount ? sessions.deleteAccount() : undefined,
      ];
      for (const exchange of exchanges.filter((each) => each !== undefined)) {
        const { fault } = await carryOut(origin, exchange);
        if (fault) left.add(name);
      }
    });
    return [...left];
  }
}

/** One visitor that does what each of them does, in turns. */
function alternate(visitors: (Visitor | undefined)[]): Visitor {
  const present = visitors.filter((visitor) => visitor !== undefined);
  let turn = 0;
  return { next: () => present[turn++ % present.length]!.next() };
}

async function forEach<T>(items: T[], work: (item: T, index: number) => Promise<void>) {
  const entries = items.entries();
  await Promise.all(
    Array.from({ length: HANDFUL }, async () => {
      for (const [index, item] of entries) await work(item, index);
    }),
  );
}
