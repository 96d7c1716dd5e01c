/** Probes whether Redis works: stores a key of the app's own, reads it, removes it, and takes the times. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster, Command } from 'ioredis';
import type { Availability } from './availability.ts';
import type { RedisClient } from './client.ts';
import { PROBE_PREFIX } from './names.ts';
import { type Confirm, Unconfirmed } from './replicas.ts';
import type { StateLog } from './state-log.ts';

/** Milliseconds that each command took; in a Cluster, at the slowest primary. */
export interface Times {
  set: number;
  get: number;
  del: number;
}

export interface Verdict {
  works: boolean;
  /** A sentence for people; null if Redis works. */
  problem: string | null;
  /** null if Redis does not work. */
  times: Times | null;
}

export interface Probe {
  /** Resolves within a second. Redis is asked once in two seconds at most, whoever calls. */
  ask: () => Promise<Verdict>;
  /**
   * Call it when Redis has become available: logs what a new round finds out, and begins further ones
   * for as long as Redis is available but does not work.
   */
  watch: () => Promise<void>;
}

const INTERVAL = 2000; // milliseconds
const LIMIT = 900; // milliseconds
const EXPIRY = 10; // seconds
/** So many keys are enough to find one for each primary of a large Cluster. */
const CANDIDATES = 1000;

const TOO_SLOW = `Redis is too slow: SET, GET and DEL took more than ${LIMIT} milliseconds together`;

class Lost extends Error {
  override message =
    'Redis has lost a key between SET and GET. Is it full, and does it evict keys (maxmemory-policy)?';
}

interface Parts {
  client: RedisClient;
  /** For what is confirmed by `confirm`; may be `client`. */
  writer: RedisClient;
  confirm: Confirm | null;
  availability: Availability;
  say: StateLog;
}

interface Round {
  begunAt: number;
  isOver: boolean;
  verdict: Promise<Verdict>;
}

export function createProbe({ client, writer, confirm, availability, say }: Parts): Probe {
  const prefix = `${PROBE_PREFIX}${randomUUID()}:`;
  let round: Round | null = null;
  let nextLook: NodeJS.Timeout | undefined;

  return { ask, watch };

  async function ask(): Promise<Verdict> {
    if (availability.problem !== null) return fail(availability.problem);
    if (!round || (round.isOver && timeToNext(round) <= 0)) round = begin();
    return round.verdict;
  }

  function watch(): Promise<void> {
    return lookSince(performance.now());
  }

  async function lookSince(time: number): Promise<void> {
    clearTimeout(nextLook);
    if (round && round.begunAt < time && timeToNext(round) > 0) {
      return lookLater(timeToNext(round), time);
    }
    const { works, problem } = await ask();
    say(problem);
    if (!works && availability.isAvailable) lookLater(INTERVAL, time);
  }

  function lookLater(milliseconds: number, time: number): void {
    nextLook = setTimeout(() => void lookSince(time), milliseconds).unref();
  }

  /** A round that takes too long goes on, so that the next one does not add to it. */
  function begin(): Round {
    const judged = judge();
    const limit = sleep(LIMIT, fail(TOO_SLOW), { ref: false });
    const begun = {
      begunAt: performance.now(),
      isOver: false,
      verdict: Promise.race([judged, limit]),
    };
    void judged.then(() => (begun.isOver = true));
    return begun;
  }

  async function judge(): Promise<Verdict> {
    try {
      const all = await Promise.all(listKeys().map(tryKey));
      return { works: true, problem: null, times: slowest(all) };
    } catch (error) {
      const isSentence = error instanceof Unconfirmed || error instanceof Lost;
      return fail(isSentence ? error.message : availability.explain(error as Error));
    }
  }

  async function tryKey(key: string): Promise<Times> {
    const value = randomUUID();
    const set = await time(() => writer.set(key, value, 'EX', EXPIRY));
    if (confirm) await confirm(key);
    let found: string | null = null;
    const get = await time(async () => (found = await client.get(key)));
    // Two keys: a server of a Cluster that is bound as a single server refuses them, whatever its slots
    const keys = client instanceof Cluster ? [key] : [key, `${key}:`];
    const del = await time(() => writer.del(...keys));
    if (found !== value) throw new Lost();
    return { set, get, del };
  }

  /** In a Cluster, a key for each primary. */
  function listKeys(): string[] {
    if (!(client instanceof Cluster)) return [prefix];
    // Also those that are away: then their slots are without a server
    const primaries = new Set(client.slots.map(([primary]) => primary)).size;
    const keys = new Map<string | undefined, string>();
    for (let i = 0; i < CANDIDATES && keys.size < primaries; i++) {
      const key = `${prefix}${i}`;
      const [primary] = client.slots[new Command('GET', [key]).getSlot()] ?? [];
      keys.set(primary, key);
    }
    return [...keys.values()];
  }
}

function timeToNext({ begunAt }: Round): number {
  return begunAt + INTERVAL - performance.now();
}

export function fail(problem: string): Verdict {
  return { works: false, problem, times: null };
}

function slowest(all: Times[]): Times {
  return {
    set: Math.max(...all.map(({ set }) => set)),
    get: Math.max(...all.map(({ get }) => get)),
    del: Math.max(...all.map(({ del }) => del)),
  };
}

/** Returns milliseconds, with two digits. */
async function time(command: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await command();
  return Math.round((performance.now() - began) * 100) / 100;
}
