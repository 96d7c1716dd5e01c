/** The pages that are open at this instance: one loop tells all of them what is new. */
import type { Writable } from 'node:stream';

const INTERVAL = 1000; // milliseconds
const MOST_WATCHERS = 100;
/** What a watcher may leave unread. */
const MOST_UNREAD = 64 * 1024; // bytes

interface Watcher {
  stream: Writable;
  /** Of the session with which the page was opened, if any. */
  handle: string | null;
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

  return { add, closeAll };

  /** Returns false when there are too many. Forgets the watcher when its stream closes. */
  function add(stream: Writable, handle: string | null): boolean {
    if (watchers.size >= MOST_WATCHERS) return false;

    const watcher = { stream, handle };
    watchers.add(watcher);
    stream.on('close', () => remove(watcher));
    stop ??= start();
    void tell([watcher]);
    return true;
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
