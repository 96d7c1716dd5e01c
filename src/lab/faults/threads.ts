/** Work in threads of their own, so that it does not delay the thread that measures. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Works } from './worker.ts';

interface Thread<Result> {
  result: Promise<Result>;
  /** Aborts the work's signal, and resolves to its result. */
  stop(): Promise<Result>;
}

const PROGRAM = new URL('worker.js', import.meta.url);

/** The name is that of a function of worker.ts; `data` is its first argument. */
export function startThread<Name extends keyof Works>(
  name: Name,
  data: Parameters<Works[Name]>[0],
): Thread<Awaited<ReturnType<Works[Name]>>> {
  const worker = new Worker(PROGRAM, { workerData: { name, data } });
  const result = once(worker, 'message').then(([found]) => found);
  result.catch(() => {}); // stop() rejects too

  return { result, stop };

  async function stop() {
    worker.postMessage('stop');
    try {
      return await result;
    } finally {
      await worker.terminate();
    }
  }
}
