/** One thread's share of a load test: its users, and the connections that they take turns on. */
import { setMaxListeners } from 'node:events';
import { performance } from 'node:perf_hooks';
import type { SecondLine } from '../results/file.ts';
import { Tally } from '../results/tally.ts';
import { type Users, Visitors } from '../visitors/visitors.ts';
import { type ConnectionParts, keepAsking, type Outcome } from './connection.ts';

export interface Share extends Users {
  /** No more than there are users. */
  connections: (Pick<ConnectionParts, 'delay' | 'interval'> & {
    /** From 0, over all threads. */
    number: number;
  })[];
  isAnyTarget: boolean;
  /** The begin of the test: milliseconds since 1970, because each thread has a clock of its own. */
  startedAt: number;
}

export interface Observer {
  /** Receives what was counted, about once a second. */
  counted: (lines: SecondLine[]) => void;
  /** Receives each outcome. */
  answered?: (outcome: Outcome) => void;
}

/** What a thread does; the program's own, or another one. */
export interface Sending {
  /** Throws a problem when a user cannot sign up. */
  signUp(): Promise<void>;
  countLogins(): Promise<number>;
  /** Uses the first connections until the signal is aborted. Returns how much of the time was busy, from 0 to 1. */
  putLoad(signal: AbortSignal, connections: number): Promise<number>;
  /** Removes keys and accounts. Returns the names of users of whom something is left. */
  leave(): Promise<string[]>;
  close(): Promise<unknown>;
}

export class Sender implements Sending {
  readonly #share: Share;
  readonly #observer: Observer;
  readonly #visitors: Visitors;

  constructor(share: Share, observer: Observer) {
    this.#share = share;
    this.#observer = observer;
    this.#visitors = new Visitors(share);
  }

  async signUp(): Promise<void> {
    await this.#visitors.signUp();
  }

  async countLogins(): Promise<number> {
    return this.#visitors.countLogins();
  }

  async putLoad(signal: AbortSignal, most: number): Promise<number> {
    const { startedAt } = this.#share;
    const connections = this.#share.connections.filter(({ number }) => number < most);
    const { counted, answered } = this.#observer;
    const tally = new Tally(startedAt - performance.timeOrigin, counted);
    const idle = performance.eventLoopUtilization();
    setMaxListeners(0, signal); // each connection listens

    await Promise.all(
      connections.map((connection, i) =>
        keepAsking({
          ...this.#share,
          ...connection,
          visitors: this.#visitors.all.filter((_, j) => j % connections.length === i),
          signal,
          record(outcome) {
            tally.add(outcome);
            answered?.(outcome);
          },
        }),
      ),
    );
    tally.flush();
    return performance.eventLoopUtilization(idle).utilization;
  }

  async leave(): Promise<string[]> {
    return this.#visitors.leave();
  }

  async close(): Promise<void> {}
}
