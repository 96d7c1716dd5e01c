/** Work in a thread of its own, from its start until it is told to stop. */
import { once, setMaxListeners } from 'node:events';
import { parentPort, Worker, workerData } from 'node:worker_threads';

export interface Thread<Result> {
  /** Ends the thread's work, and resolves to its result. */
  stop(): Promise<Result>;
}

/** The program is a compiled one that calls `untilStopped`. */
export function startThread<Result>(program: URL, data: unknown): Thread<Result> {
  const worker = new Worker(program, { workerData: data });
  const result = once(worker, 'message').then(([found]) => found as Result);
  result.catch(() => {}); // until it is stopped, where it is told

  return { stop };

  async function stop(): Promise<Result> {
    worker.postMessage('stop');
    try {
      return await result;
    } finally {
      await worker.terminate();
    }
  }
}

/** In the thread: works until it is told to stop, and hands over what it has found. */
export async function untilStopped<Data>(
  work: (data: Data, signal: AbortSignal) => Promise<unknown>,
): Promise<void> {
  const stopping = new AbortController();
  setMaxListeners(Infinity, stopping.signal); // each connection listens
  parentPort!.once('message', () => stopping.abort());
  parentPort!.postMessage(await work(workerData as Data, stopping.signal));
}
