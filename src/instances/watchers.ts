/** The pages that are open at this instance, and one loop that sends all of them the news. */
import type { Writable } from 'node:stream';
import { sendEvent } from '../http/events.ts';

const MOST_WATCHERS = 100;
/** Half of the places stay for users who are signed in: strangers cannot take all. */
const ANONYMOUS = { atMost: 50, fromOneAddress: 10 };
const SIGNED_IN = { atMost: MOST_WATCHERS, fromOneAddress: 30 };

interface Watcher extends Visitor {
  stream: Writable;
}

export interface Visitor {
  /** The session with which the page was opened; null without one. */
  handle: string | null;
  address: string;
}

interface Source {
  /** Reads the data of each event, by its name. */
  readNews: () => Promise<Record<string, unknown>>;
  /** Begins to call back once a second; returns a function that stops it. */
  eachReading: (read: () => void) => () => void;
  /** Begins to listen for sessions that end; returns a function that stops it. */
  hearOfEnds: (onEnd: (handle: string) => void) => () => void;
}

export type Watchers = ReturnType<typeof createWatchers>;

/** Reads the news once a second for all pages, and not at all without pages. */
export function createWatchers({ readNews, eachReading, hearOfEnds }: Source) {
  const watchers = new Set<Watcher>();
  let stop: (() => void) | null = null;

  return { hasRoomFor, add, closeAll };

  function hasRoomFor({ handle, address }: Visitor): boolean {
    const isAnonymous = handle === null;
    const limit = isAnonymous ? ANONYMOUS : SIGNED_IN;
    const alike = [...watchers].filter((watcher) => (watcher.handle === null) === isAnonymous);
    const neighbours = alike.filter((watcher) => watcher.address === address);
    return (
      watchers.size < MOST_WATCHERS &&
      alike.length < limit.atMost &&
      neighbours.length < limit.fromOneAddress
    );
  }

  /** Call hasRoomFor first. The watcher is removed when its stream closes. */
  function add(stream: Writable, visitor: Visitor): void {
    const watcher = { stream, ...visitor };
    watchers.add(watcher);
    stream.on('close', () => remove(watcher));
    stop ??= start();
    void sendNews([watcher]);
  }

  /** Open pages reconnect to another instance. */
  function closeAll(): void {
    for (const { stream } of watchers) stream.end();
  }

  function start(): () => void {
    const stopReading = eachReading(() => void sendNews(watchers));
    const stopHearing = hearOfEnds((handle) => {
      for (const { handle: own, stream } of watchers)
        if (own === handle) sendEvent(stream, 'ended', handle);
    });
    return () => {
      stopReading();
      stopHearing();
    };
  }

  function remove(watcher: Watcher): void {
    watchers.delete(watcher);
    if (watchers.size > 0) return;
    stop?.();
    stop = null;
  }

  async function sendNews(some: Iterable<Watcher>): Promise<void> {
    const news = Object.entries(await readNews());
    for (const { stream } of some) for (const [event, data] of news) sendEvent(stream, event, data);
  }
}
