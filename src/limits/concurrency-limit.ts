/** Limits how many tasks run at a time, and shares the places fairly among client addresses. */

/** The client for which a task runs. */
interface Asker {
  /** Addresses take turns. */
  address?: string;
  /** Aborted when the client has left: a task that still waits then does not run. */
  signal?: AbortSignal;
}

/**
 * Runs a task as soon as fewer tasks than the limit are running. The address with the fewest running
 * tasks comes first; addresses with equally many take turns; tasks of one address run in order of
 * arrival. Throws an answer for the client when a task has waited too long, has been dropped for one of
 * another address, or its client has left.
 */
export type ConcurrencyLimit = <Result>(
  task: () => Promise<Result>,
  asker?: Asker,
) => Promise<Result>;

/** For all addresses together. Each waiting task holds a connection, and other requests need some. */
const MOST_WAITING = 128;

interface Waiting {
  enter: () => void;
  giveUp: (error: Error) => void;
}

/** An answer for the client: try again later. */
class Crowded extends Error {
  readonly expose = true;
  readonly headers = { 'Retry-After': '5' };
  readonly status: 429 | 503;

  constructor(status: 429 | 503, message: string) {
    super(message);
    this.status = status;
  }
}

/** No client reads this answer. The status is that of nginx' logs. */
class ClientLeft extends Error {
  readonly status = 499;
  readonly expose = true;
}

/** The patience is in milliseconds; `task` names the tasks in answers, in the plural. */
export function createConcurrencyLimit(
  limit: number,
  patience: number,
  task: string,
): ConcurrencyLimit {
  /** In the order in which the addresses take their turns. */
  const queues = new Map<string, Waiting[]>();
  /** How many tasks of each address run. */
  const running = new Map<string, number>();
  let free = limit;

  return async (run, asker = {}) => {
    const { address = '' } = asker;
    if (asker.signal?.aborted) throw new ClientLeft();
    if (free === 0) await waitForPlace(asker);
    else free--;
    countRunning(address, 1);
    try {
      return await run();
    } finally {
      countRunning(address, -1);
      // The next task takes over the place: a task that arrives now must not overtake it
      const next = takeNext();
      if (next) next.enter();
      else free++;
    }
  };

  function countRunning(address: string, change: 1 | -1): void {
    const count = (running.get(address) ?? 0) + change;
    if (count > 0) running.set(address, count);
    else running.delete(address);
  }

  function waitForPlace({ address = '', signal }: Asker): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = () => {
        stopWaiting();
        resolve();
      };
      const giveUp = (error: Error) => {
        stopWaiting();
        dequeue(address, waiting);
        reject(error);
      };
      const leave = () => giveUp(new ClientLeft());
      const timer = setTimeout(() => giveUp(crowded()), patience);
      const stopWaiting = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', leave);
      };
      const waiting = { enter, giveUp };
      signal?.addEventListener('abort', leave);
      queues.set(address, [...(queues.get(address) ?? []), waiting]);
      if ([...queues.values()].flat().length > MOST_WAITING) makeRoom();
    });
  }

  function dequeue(address: string, waiting: Waiting): void {
    const queue = queues.get(address)!.filter((each) => each !== waiting);
    if (queue.length > 0) queues.set(address, queue);
    else queues.delete(address);
  }

  /** Drops the newest task of the address with the most waiting tasks, or of the later of two such. */
  function makeRoom(): void {
    const byLength = [...queues].sort(([, one], [, other]) => one.length - other.length);
    const [address, queue] = byLength.at(-1)!;
    const isToBlame = address !== '' && queue.length > 1;
    queue.at(-1)!.giveUp(isToBlame ? crowdedBy() : crowded());
  }

  function crowded(): Crowded {
    return new Crowded(503, `too many ${task} at a time: try again later`);
  }

  function crowdedBy(): Crowded {
    return new Crowded(429, `too many ${task} from your address at a time: try again later`);
  }

  /** Returns the first task of the address whose turn it is, and moves that address to the end. */
  function takeNext(): Waiting | undefined {
    const runningOf = (address: string) => running.get(address) ?? 0;
    const [next] = [...queues].sort(([one], [other]) => runningOf(one) - runningOf(other));
    if (!next) return undefined;
    const [address, queue] = next;
    const [first, ...others] = queue;
    queues.delete(address);
    if (others.length > 0) queues.set(address, others);
    return first;
  }
}
