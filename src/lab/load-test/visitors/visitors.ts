/** The users of a scenario: signs them up, and removes their keys and accounts. */
import { Problem } from '../../command-line/problem.ts';
import { HttpClient } from '../sending/client.ts';
import { carryOut } from '../sending/connection.ts';
import { KeyVisitor } from './key-visitor.ts';
import { SessionVisitor } from './session-visitor.ts';
import type { Visitor } from './visitor.ts';

export const SCENARIOS = ['keys', 'signed-in', 'sessions', 'mixed'] as const;

export type Scenario = (typeof SCENARIOS)[number];

export interface Users {
  origin: string;
  scenario: Scenario;
  /** Each is a user name and a key. */
  names: string[];
  password: string;
}

interface User {
  name: string;
  keys?: KeyVisitor;
  sessions?: SessionVisitor;
}

/** Requests at a time, before and after the load: the app hashes few passwords at once. */
const HANDFUL = 4;

export class Visitors {
  readonly all: Visitor[];
  readonly #origin: string;
  readonly #users: User[];

  constructor({ origin, scenario, names, password }: Users) {
    this.#origin = origin;
    const hasSessions = scenario !== 'keys';
    const hasKeys = scenario === 'keys' || scenario === 'mixed';
    const isReader = scenario === 'signed-in';
    this.#users = names.map((name) => ({
      name,
      sessions: hasSessions
        ? new SessionVisitor(origin, { username: name, password }, isReader)
        : undefined,
      keys: hasKeys ? new KeyVisitor(name) : undefined,
    }));
    this.all = this.#users.map(({ sessions, keys }) => alternate([sessions, keys]));
  }

  /** Throws a problem when a user cannot sign up. */
  async signUp(): Promise<void> {
    await this.#forEach(async ({ sessions }, client) => {
      if (!sessions) return;
      const { request, failure, body } = await carryOut(client, sessions.signUp(), true);
      if (failure) throw new Problem(`${request} failed: ${failure}. ${body}`);
    });
  }

  countLogins(): number {
    return this.#users.filter(({ sessions }) => sessions?.isSignedIn).length;
  }

  /** Removes the keys and the accounts. Returns the names of users of whom something is left. */
  async leave(): Promise<string[]> {
    const left = new Set<string>();
    await this.#forEach(async ({ name, keys, sessions }, client) => {
      const account = sessions?.hasAccount ? sessions.deleteAccount() : undefined;
      for (const exchange of [keys?.remove(), account]) {
        if (exchange && (await carryOut(client, exchange, true)).failure) left.add(name);
      }
    });
    return [...left];
  }

  /** When the work fails for one user, no other begins; rejects when those who have begun are done. */
  async #forEach(work: (user: User, client: HttpClient) => Promise<void>): Promise<void> {
    const waiting = [...this.#users];
    const workers = Array.from({ length: HANDFUL }, async () => {
      const client = new HttpClient(this.#origin);
      try {
        while (waiting.length > 0) await work(waiting.shift()!, client);
      } finally {
        waiting.length = 0;
        client.close();
      }
    });
    const ends = await Promise.allSettled(workers);
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
  }
}

/** Makes one visitor of several, which take turns. */
function alternate(visitors: (Visitor | undefined)[]): Visitor {
  const present = visitors.filter((visitor) => visitor !== undefined);
  let turn = 0;
  return { next: () => present[turn++ % present.length]!.next() };
}
