/** The pages that are open at this instance: one loop tells all of them what is new. */
import type { Writable } from 'node:stream';

const INTERVAL = 1000; // milliseconds
const MOST_WATCHERS = 100;
/** Half of the places stay for users who are signed in: strangers cannot take all. */
const ANONYMOUS = { atMost: 50, fromOneAddress: 10 };
const SIGNED_IN = { atMost: MOST_WATCHERS, fromOneAddress: 30 };
/** What a watcher may leave unread. */
const MOST_UNREAD = 64 * 1024; // bytes

interface Watcher extends Visitor {
  stream: Writable;
}

export interface Visitor {
  /** Of the session with which the page was opened; null without one. */
  handle: string | null;
  address: string;
}

interface Source {
  /** What is to be told each second, by the name of its event. */
  readNews: () => Promise<Record<string, unknown>>;
  /** Begins to listen for sessions that end, and returns how to stop. */
  hearOfEnds: (onEnd: (handle: string) => void) => () => void;
}

export type Watchers = ReturnType<typeof createWatchers>;

/** Asks its source nothing while nobody watches; however many watch, it asks once a second. */
export function createWatchers({ readNews, hearOfEnds }: Source) {
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

  /** To be asked for room first. Forgets the watcher when its stream closes. */
  function add(stream: Writable, visitor: Visitor): void {
    const watcher = { stream, ...visitor };
    watchers.add(watcher);
    stream.on('close', () => remove(watcher));
    stop ??= start();
    void tell([watcher]);
  }

  /** Open pages go on at another instance. */
  function closeAll(): void {
    for (const { stream } of watchers) stream.end();
  }

  function start(): () => void {
    const timer = setInterval(() => void tell(watchers), INTERVAL);
    const stopHearing = hearOfEnds((handle) => {
      for (const watcher of watchers) if (watcher.handle === handle) send(watcher, 'ended', handle);
    });
    return () => {
      clearInterval(timer);
      stopHearing();
    };
  }

  function remove(watcher: Watcher): void {
    watchers.delete(watcher);
    if (watchers.size > 0) return;
    stop?.();
    stop = null;
  }

  async function tell(some: Iterable<Watcher>): Promise<void> {
    const news = Object.entries(await readNews());
    for (const watcher of some) for (const [event, data] of news) send(watcher, event, data);
  }
}

/** One that does not read is cut off; a page that can read again comes again. */
function send({ stream }: Watcher, event: string, data: unknown): void {
  if (stream.writableEnded) return;
  if (stream.writableLength > MOST_UNREAD) stream.destroy();
  else stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}
