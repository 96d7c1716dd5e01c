/** Shows this instance among the others for as long as it takes requests. */
import type { Instance } from '../cloudfoundry/instance.ts';
import type { Clock } from '../redis/clock.ts';
import type { Directory } from './registry.ts';
import type { Load } from './load.ts';

const INTERVAL = 1000; // milliseconds

interface Parts {
  directory: Directory;
  instance: Instance;
  readLoad: () => Load;
  clock: Clock;
}

/** Two Redis commands a second. While Redis is away, nobody sees who is there. */
export function createHeartbeat({ directory, instance, readLoad, clock }: Parts) {
  const { index, guid } = instance;
  let timer: NodeJS.Timeout | undefined;
  let lastBeat = Promise.resolve();

  return { join, leave };

  function join(): void {
    const startedAt = clock.now();
    const beat = () => {
      lastBeat = directory.show({ index, guid, startedAt, ...readLoad() }).catch(() => {});
    };
    beat();
    timer = setInterval(beat, INTERVAL).unref();
  }

  /** At once, not when the entry expires. */
  async function leave(): Promise<void> {
    clearInterval(timer);
    await lastBeat;
    await directory.remove(instance).catch(() => {});
  }
}
