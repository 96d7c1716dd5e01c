/** Probes whether Redis works: stores a key of the app's own, reads it, removes it, and takes the times. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster, Command } from 'ioredis';
import type { Availability } from './availability.ts';
import type { RedisClient } from './client.ts';
import { PROBE_PREFIX } from './names.ts';
import { type Confirm, Unconfirmed } from './wait-replicas.ts';
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
  /**
   * Resolves within a second. Redis is asked once in two seconds at most, whoever calls, and what a
   * round finds out is logged.
   */
  ask: () => Promise<Verdict>;
  /** Call it when Redis has become available: begins a new round, as soon as two seconds allow it. */
  askAnew: () => void;
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
  let nextRound: NodeJS.Timeout | undefined;

  return { ask, askAnew };

  async function ask(): Promise<Verdict> {
    if (availability.problem !== null) return fail(availability.problem);
    if (!round || (round.isOver && timeToNext() <= 0)) round = begin();
    return round.verdict;
  }

  function askAnew(): void {
    clearTimeout(nextRound);
    // A timer may fire early by a millisecond
    const next = () => void (timeToNext() > 0 ? askAnew() : ask());
    nextRound = setTimeout(next, timeToNext()).unref();
  }

  function timeToNext(): number {
    return round ? Math.ceil(round.begunAt + INTERVAL - performance.now()) : 0;
  }

  /** A round that takes too long goes on, so that the next one does not add to it. */
  function begin(): Round {
    const judged = judge();
    const limit = sleep(LIMIT, fail(TOO_SLOW), { ref: false });
    const verdict = Promise.race([judged, limit]);
    const begun = { begunAt: performance.now(), isOver: false, verdict };
    void judged.then(({ problem }) => {
      begun.isOver = true;
      if (!availability.isAvailable) return; // its problem is logged
      say(problem);
      if (problem !== null) askAnew();
    });
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
