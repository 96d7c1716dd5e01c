/** One index of the app: an instance is there, and another one after it when it ends by itself. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Print } from '../../processes/output.ts';
import { Problem } from '../../command-line/problem.ts';
import { createBackOff } from './back-off.ts';
import type { Instance } from './instance.ts';

export interface Slot {
  index: number;
  /** Two while one replaces the other, none after a crash. */
  list(): Instance[];
  /** Resolves when its instance is ready. */
  start(): Promise<void>;
  /** Starts another instance, and stops the one that was there once the other is ready. */
  replace(): Promise<void>;
  /** Resolves when an instance is ready again. */
  kill(): Promise<void>;
  /** Resolves when nothing is left. */
  stop(): Promise<void>;
  /** For a stop that takes too long. */
  killAll(): void;
}

export function createSlot(index: number, launch: () => Promise<Instance>, print: Print): Slot {
  const name = `app/${index}`;
  const backOff = createBackOff();
  const leaving = new AbortController();
  const launches = new Set<Promise<Instance>>();
  const instances = new Set<Instance>();
  let current: Instance | null = null;
  let recovery = Promise.resolve();

  return { index, list, start, replace, kill, stop, killAll };

  function list(): Instance[] {
    return [...instances];
  }

  async function start() {
    occupy(await launchUntilReady());
  }

  async function replace() {
    const next = await launchUntilReady();
    const previous = current;
    occupy(next);
    await previous?.stop();
  }

  async function kill() {
    if (!current) throw new Problem(`${name} does not run now: it is about to be started again.`);
    const next = recovery;
    current.kill();
    await next.catch(() => {}); // it may have been told to stop in the meantime
    if (!isTaken()) throw new Problem(`${name} was killed, and is not started again.`);
  }

  async function stop() {
    leaving.abort();
    await Promise.allSettled(launches);
    await Promise.all(list().map((instance) => instance.stop()));
  }

  function killAll() {
    for (const instance of instances) instance.kill();
  }

  async function launchUntilReady(): Promise<Instance> {
    const instance = await launchHere();
    try {
      leaving.signal.throwIfAborted();
      await instance.ready;
      return instance;
    } catch (error) {
      await instance.stop();
      throw leaving.signal.aborted ? new Problem(`${name} was stopped in the meantime.`) : error;
    }
  }

  async function launchHere(): Promise<Instance> {
    const launched = launch();
    launches.add(launched);
    try {
      const instance = await launched;
      instances.add(instance);
      void instance.ended.then(() => instances.delete(instance));
      return instance;
    } finally {
      launches.delete(launched);
    }
  }

  function occupy(instance: Instance) {
    current = instance;
    backOff.started();
    recovery = recover(instance);
    recovery.catch(() => {}); // nobody may wait for it
  }

  /** Does nothing for an instance that was to end. */
  async function recover(instance: Instance) {
    let end = `ended (${await instance.ended}).`;
    if (leaving.signal.aborted || instance !== current) return;
    current = null;

    while (!isTaken()) {
      const pause = backOff.next();
      print(`${name} ${end} Another one starts in ${pause / 1000} s.`);
      await sleep(pause, undefined, { signal: leaving.signal });
      if (!isTaken()) end = (await startAgain()) ?? end;
    }
  }

  /** Returns what came of it if it failed. */
  async function startAgain(): Promise<string | undefined> {
    try {
      const next = await launchUntilReady();
      if (isTaken()) await next.stop();
      else occupy(next);
    } catch (error) {
      leaving.signal.throwIfAborted();
      return `did not start: ${(error as Error).message}`;
    }
  }

  function isTaken(): boolean {
    return current !== null;
  }
}
