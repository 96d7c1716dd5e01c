/** All instances of the app: as many as wanted, with the indexes from 0. */
import type { Print } from '../../processes/output.ts';
import { Problem } from '../../command-line/problem.ts';
import type { Instance } from './instance.ts';
import { Slot } from './slot.ts';

export interface Instances {
  /** One list for each index; it is empty when its instance has crashed. */
  list(): Instance[][];
  /** Resolves when all are ready, and those with the highest indexes are gone. */
  scale(count: number): Promise<void>;
  /** Resolves when an instance is ready at that index again. */
  kill(index: number): Promise<void>;
  /** Replaces one after the other, each as soon as its successor is ready: see slot.ts. */
  restart(): Promise<void>;
  stop: () => Promise<void>;
}

export function createInstances(
  launch: (index: number) => Promise<Instance>,
  print: Print,
): Instances {
  const slots: Slot[] = [];
  let task: string | null = null;

  return { list, scale, kill, restart, stop };

  function list(): Instance[][] {
    return slots.map((slot) => slot.list());
  }

  function scale(count: number) {
    return alone('scaled', async () => {
      const before = slots.length;
      try {
        await grow(count);
      } catch (error) {
        await shrink(before);
        throw error;
      }
      await shrink(count);
    });
  }

  async function kill(index: number) {
    const slot = slots[index];
    if (!slot) {
      throw new Problem(`There is no instance ${index}: the last one is ${slots.length - 1}.`);
    }
    await slot.kill();
  }

  function restart() {
    return alone('restarted', async () => {
      for (const slot of slots) await slot.replace();
    });
  }

  async function stop() {
    await Promise.all(slots.map((slot) => slot.stop()));
  }

  /** As on the platform, which refuses to scale during a deployment. */
  async function alone(name: string, action: () => Promise<void>) {
    if (task) throw new Problem(`The app is being ${task}. Try again when that is done.`);
    task = name;
    try {
      await action();
    } finally {
      task = null;
    }
  }

  async function grow(count: number) {
    const added: Slot[] = [];
    for (let index = slots.length; index < count; index++) {
      added.push(new Slot(index, () => launch(index), print));
    }
    slots.push(...added);
    await Promise.all(added.map((slot) => slot.start()));
  }

  async function shrink(count: number) {
    const surplus = slots.slice(count).reverse();
    await Promise.all(surplus.map((slot) => slot.stop()));
    slots.length = Math.min(slots.length, count);
  }
}
