/** Threads of their own for the shares of a load test. */
import { on } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Problem } from '../../command-line/problem.ts';
import { type Observer, Sender, type Sending, type Share } from './sender.ts';
import type { Call, Reply } from './worker.ts';

const PROGRAM = new URL('worker.js', import.meta.url);

/** One share stays in the program's own thread, where single outcomes can be observed. */
export function startSenders(shares: Share[], observer: Observer): Sending[] {
  if (shares.length === 1) return [new Sender(shares[0]!, observer)];
  return shares.map((share) => new SenderThread(share, observer));
}

class SenderThread implements Sending {
  readonly #worker: Worker;
  readonly #observer: Observer;
  #crash: Error | null = null;

  constructor(share: Share, observer: Observer) {
    this.#worker = new Worker(PROGRAM, { workerData: share });
    this.#worker.once('error', (error) => (this.#crash = error));
    this.#observer = observer;
  }

  async signUp(): Promise<void> {
    await this.#call('signUp');
  }

  async countLogins(): Promise<number> {
    return (await this.#call('countLogins')) as number;
  }

  async putLoad(signal: AbortSignal, connections: number): Promise<number> {
    signal.addEventListener('abort', () => this.#worker.postMessage('stop'), { once: true });
    return (await this.#call('putLoad', connections)) as number;
  }

  async leave(): Promise<string[]> {
    return (await this.#call('leave')) as string[];
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  async #call(call: Call, connections = 0): Promise<unknown> {
    if (this.#crash) throw this.#crash; // it would never answer
    this.#worker.postMessage({ call, connections });
    for await (const [reply] of on(this.#worker, 'message') as AsyncIterable<[Reply]>) {
      if ('problem' in reply) throw new Problem(reply.problem);
      if ('result' in reply) return reply.result;
      this.#observer.counted(reply.lines);
    }
  }
}
