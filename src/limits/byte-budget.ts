/** Limits how many bytes are in use at a time. */

export interface ByteBudget {
  /**
   * Takes bytes in order of arrival; resolves to a function that gives them back. Throws NoRoom when
   * they are not free in time, or when `signal` is aborted before.
   */
  take(bytes: number, signal?: AbortSignal): Promise<GiveBack>;
  /** Takes bytes while a task runs. Throws NoRoom, and what the task throws. */
  run<Result>(bytes: number, task: () => Promise<Result>): Promise<Result>;
}

/** Calling it again does nothing. */
type GiveBack = () => void;

/** An answer for the client: try again later. */
class NoRoom extends Error {
  readonly status = 503;
  readonly expose = true;
  readonly headers = { 'Retry-After': '2' };
}

interface Waiting {
  bytes: number;
  enter: () => void;
}

interface Settings {
  /** Bytes. */
  size: number;
  /** Milliseconds that a request waits at most. */
  patience: number;
  /** How many requests may wait at the same time; any number by default. */
  mostWaiting?: number;
  /** The name of what takes the bytes, for the answer. */
  what: string;
}

export function createByteBudget({
  size,
  patience,
  mostWaiting = Infinity,
  what,
}: Settings): ByteBudget {
  const waiting: Waiting[] = [];
  let free = size;

  return { take, run };

  async function take(bytes: number, signal?: AbortSignal): Promise<GiveBack> {
    if (!takeNow(bytes)) await waitForRoom(bytes, signal);
    let taken = bytes;
    return () => {
      giveBack(taken);
      taken = 0;
    };
  }

  async function run<Result>(bytes: number, task: () => Promise<Result>): Promise<Result> {
    if (!takeNow(bytes)) await waitForRoom(bytes);
    try {
      return await task();
    } finally {
      giveBack(bytes);
    }
  }

  /** Returns false when a request has to wait. */
  function takeNow(bytes: number): boolean {
    if (bytes > size || waiting.length === mostWaiting) throw noRoom();
    // A small request does not overtake a large one, which would wait forever
    if (waiting.length > 0 || bytes > free) return false;
    free -= bytes;
    return true;
  }

  function waitForRoom(bytes: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const entry = { bytes, enter };
      const timer = setTimeout(leave, patience);
      signal?.addEventListener('abort', leave);
      waiting.push(entry);

      function enter() {
        stopWaiting();
        resolve();
      }
      function leave() {
        stopWaiting();
        waiting.splice(waiting.indexOf(entry), 1);
        admit(); // this one may have been the first, and too large for what is free
        reject(noRoom());
      }
      function stopWaiting() {
        clearTimeout(timer);
        signal?.removeEventListener('abort', leave);
      }
    });
  }

  function giveBack(bytes: number): void {
    free += bytes;
    admit();
  }

  function admit(): void {
    while (waiting[0] && waiting[0].bytes <= free) {
      const { bytes, enter } = waiting.shift()!;
      free -= bytes;
      enter();
    }
  }

  function noRoom(): NoRoom {
    return new NoRoom(`too many ${what} at a time: try again in a moment`);
  }
}
