/** A limit on how many tasks run at a time, shared fairly among the addresses that ask for them. */

/** The client that a task is for. */
interface Asker {
  /** Addresses take turns. */
  address?: string;
  /** Aborted when the client has left: a task that still waits then never runs. */
  signal?: AbortSignal;
}

/**
 * Runs a task as soon as fewer than the limit are running. The address with the fewest running tasks
 * comes first, others take turns; tasks of one address run in order of arrival. Throws an answer for the client when a task would wait too
 * long, when too many of its address wait, or when its client has left.
 */
export type Turnstile = <Result>(task: () => Promise<Result>, asker?: Asker) => Promise<Result>;

/** Tasks of one address. Each may hold a request, and most would wait in vain for a place. */
const MOST_WAITING = 200;

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

/** An answer that no client reads, with the status that nginx logs for it. */
class ClientLeft extends Error {
  readonly status = 499;
  readonly expose = true;
}

/** The patience is in milliseconds; answers to clients name the task, in the plural. */
export function createTurnstile(limit: number, patience: number, task: string): Turnstile {
  /** In the order in which the addresses take their turns. */
  const queues = new Map<string, (() => void)[]>();
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
      // The next task takes over the place, so that none slips in between
      const enter = takeNext();
      if (enter) enter();
      else free++;
    }
  };

  function countRunning(address: string, change: 1 | -1): void {
    const count = (running.get(address) ?? 0) + change;
    if (count > 0) running.set(address, count);
    else running.delete(address);
  }

  function waitForPlace({ address, signal }: Asker): Promise<void> {
    const queue = queueOf(address ?? '');
    if (address !== undefined && queue.length === MOST_WAITING)
      throw new Crowded(429, `too many ${task} from your address at a time: try again later`);

    return new Promise((resolve, reject) => {
      const enter = () => {
        stopWaiting();
        resolve();
      };
      const giveUp = (error: Error) => {
        stopWaiting();
        queue.splice(queue.indexOf(enter), 1);
        if (queue.length === 0) queues.delete(address ?? '');
        reject(error);
      };
      const leave = () => giveUp(new ClientLeft());
      const timer = setTimeout(
        () => giveUp(new Crowded(503, `too many ${task} at a time: try again later`)),
        patience,
      );
      const stopWaiting = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', leave);
      };
      signal?.addEventListener('abort', leave);
      queue.push(enter);
    });
  }

  function queueOf(address: string): (() => void)[] {
    const queue = queues.get(address) ?? [];
    queues.set(address, queue);
    return queue;
  }

  /** Takes the first task of the address whose turn it is, which then waits for its next turn. */
  function takeNext(): (() => void) | undefined {
    const runningOf = (address: string) => running.get(address) ?? 0;
    const [next] = [...queues].sort(([one], [other]) => runningOf(one) - runningOf(other));
    if (!next) return undefined;
    const [address, queue] = next;
    const enter = queue.shift();
    queues.delete(address);
    if (queue.length > 0) queues.set(address, queue);
    return enter;
  }
}
