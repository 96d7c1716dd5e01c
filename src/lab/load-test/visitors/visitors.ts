/** The users of a scenario: signs them up, and removes their keys and accounts. */
import { randomBytes } from 'node:crypto';
import { ask } from '../../ask.ts';
import { Problem } from '../../command-line/problem.ts';
import { createKeyVisitor } from './key-visitor.ts';
import { createSessionVisitor } from './session-visitor.ts';
import type { Exchange, Fault, Visitor } from './visitor.ts';

export const SCENARIOS = ['keys', 'sessions', 'mixed'] as const;

export type Scenario = (typeof SCENARIOS)[number];

/** Requests at a time, before and after the load: the app hashes few passwords at once. */
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

  /** Throws a problem when a user cannot sign up. */
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

  /** Removes the keys and the accounts. Returns the names of users of whom something is left. */
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

/** Makes one visitor of several, which take turns. */
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

/** Carries out an exchange outside of the load. Never rejects. */
async function carryOut(
  origin: string,
  exchange: Exchange,
): Promise<{ fault: Fault | null; body: string }> {
  const { method, path, cookie, fields } = exchange;
  const headers = { Accept: 'application/json', ...(cookie && { Cookie: cookie }) };
  const body = fields && new URLSearchParams(fields);
  try {
    const answer = await ask(origin + path, { method, headers, body });
    const cookies = answer.headers.getSetCookie();
    return { fault: exchange.judge({ ...answer, cookies }), body: answer.body };
  } catch (error) {
    exchange.miss();
    return { fault: (error as Error).message, body: '' };
  }
}
