/** One index of the app: when its instance ends by itself, another one is started. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../command-line/problem.ts';
import type { Print } from '../../processes/output.ts';
import type { Instance } from './instance.ts';

/** The platform restarts three times at once, then after 30 seconds, a minute, and so on. */
const QUICK_RESTARTS = 3;
const SHORTEST_PAUSE = 1000; // 1 second
const LONGEST_PAUSE = 30 * 1000; // 30 seconds
/** When an instance has run for so long, the crashes before it count no more. */
const STABLE = 60 * 1000; // 1 minute

export class Slot {
  readonly #name: string;
  readonly #launch: () => Promise<Instance>;
  readonly #print: Print;
  readonly #launches = new Set<Promise<Instance>>();
  readonly #instances = new Set<Instance>();
  readonly #stopping = new AbortController();
  #current: Instance | null = null;
  /** Resolves when an instance has taken the place of the current one. */
  #recovery = Promise.resolve();
  #crashes = 0;
  #startedAt = performance.now();

  constructor(index: number, launch: () => Promise<Instance>, print: Print) {
    this.#name = `app/${index}`;
    this.#launch = launch;
    this.#print = print;
  }

  /** Two while one replaces the other, none after a crash. */
  list(): Instance[] {
    return [...this.#instances];
  }

  /** Resolves when its instance is ready. */
  async start(): Promise<void> {
    this.#occupy(await this.#launchUntilReady());
  }

  /** Starts another instance, and stops the one that was there once the other is ready. */
  async replace(): Promise<void> {
    const next = await this.#launchUntilReady();
    const previous = this.#current;
    this.#occupy(next);
    await previous?.stop();
  }

  /** Resolves when an instance is ready again. */
  async kill(): Promise<void> {
    if (!this.#current) {
      throw new Problem(`${this.#name} does not run now: it is about to be started again.`);
    }
    const recovery = this.#recovery;
    this.#current.kill();
    await recovery.catch(() => {}); // the slot may stop in the meantime
    if (!this.#isOccupied()) {
      throw new Problem(`${this.#name} was killed, and is not started again.`);
    }
  }

  /** Resolves when nothing is left. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.allSettled(this.#launches);
    await Promise.all(this.list().map((instance) => instance.stop()));
  }

  async #launchUntilReady(): Promise<Instance> {
    const instance = await this.#launchOne();
    try {
      this.#stopping.signal.throwIfAborted();
      await instance.ready;
      return instance;
    } catch (error) {
      await instance.stop();
      if (!this.#stopping.signal.aborted) throw error;
      throw new Problem(`${this.#name} was stopped in the meantime.`);
    }
  }

  async #launchOne(): Promise<Instance> {
    const launched = this.#launch();
    this.#launches.add(launched);
    try {
      const instance = await launched;
      this.#instances.add(instance);
      void instance.ended.then(() => this.#instances.delete(instance));
      return instance;
    } finally {
      this.#launches.delete(launched);
    }
  }

  #occupy(instance: Instance) {
    this.#current = instance;
    this.#startedAt = performance.now();
    this.#recovery = this.#recover(instance);
    this.#recovery.catch(() => {}); // nothing may wait for it
  }

  /** Does nothing for an instance that was replaced or stopped. */
  async #recover(instance: Instance) {
    let end = `ended (${await instance.ended}).`;
    if (this.#stopping.signal.aborted || instance !== this.#current) return;
    this.#current = null;

    while (!this.#isOccupied()) {
      const pause = this.#nextPause();
      this.#print(`${this.#name} ${end} Another one starts in ${pause / 1000} s.`);
      await sleep(pause, undefined, { signal: this.#stopping.signal });
      if (!this.#isOccupied()) end = (await this.#startAgain()) ?? end;
    }
  }

  /** Returns why it failed, if it did. */
  async #startAgain(): Promise<string | undefined> {
    try {
      const next = await this.#launchUntilReady();
      if (this.#isOccupied()) await next.stop();
      else this.#occupy(next);
    } catch (error) {
      this.#stopping.signal.throwIfAborted();
      return `did not start: ${(error as Error).message}`;
    }
  }

  #nextPause(): number {
    if (performance.now() - this.#startedAt > STABLE) this.#crashes = 0;
    this.#crashes++;
    return Math.min(
      SHORTEST_PAUSE * 2 ** Math.max(0, this.#crashes - QUICK_RESTARTS),
      LONGEST_PAUSE,
    );
  }

  #isOccupied(): boolean {
    return this.#current !== null;
  }
}
