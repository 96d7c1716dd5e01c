/** Measures how busy instances, router, Redis and the whole machine are during a load. */
import { cpus } from 'node:os';
import { readProcessorTime } from '../processes/processor-time.ts';
import type { Usage } from './limit.ts';

interface Processes {
  /** Their ids, as those below. */
  instances: number[];
  router: number;
  redis: number;
}

interface Times {
  /** Microseconds, as those below but for the machine's. */
  now: number;
  instances: number;
  router: number;
  redis: number;
  machine: { busy: number; all: number };
}

/** Call what it returns at the end of the load. The share of a core is that of each instance; 0 for no limit. */
export function measureUsage(
  processes: Processes,
  share: number,
): () => Promise<Omit<Usage, 'loadTest'>> {
  const begin = readTimes(processes);
  begin.catch(() => {}); // the function below rejects as well
  return async () => {
    const cores = processes.instances.length * (share || 1);
    return between(await begin, await readTimes(processes), cores);
  };
}

async function readTimes({ instances, router, redis }: Processes): Promise<Times> {
  const [ofRouter, ofRedis, ...ofInstances] = await Promise.all(
    [router, redis, ...instances].map(readProcessorTime),
  );
  return {
    now: 1000 * performance.now(),
    instances: ofInstances.reduce((sum, time) => sum + time, 0),
    router: ofRouter!,
    redis: ofRedis!,
    machine: readMachine(),
  };
}

function readMachine(): Times['machine'] {
  const times = cpus().map((core) => core.times);
  const idle = times.reduce((sum, time) => sum + time.idle, 0);
  const all = times.flatMap((time) => Object.values(time)).reduce((sum, time) => sum + time, 0);
  return { busy: all - idle, all };
}

/** `cores` is what all instances may use. */
function between(begin: Times, end: Times, cores: number): Omit<Usage, 'loadTest'> {
  const elapsed = end.now - begin.now;
  return {
    instances: (end.instances - begin.instances) / (elapsed * cores),
    redis: (end.redis - begin.redis) / elapsed,
    router: (end.router - begin.router) / (elapsed * cpus().length),
    machine: (end.machine.busy - begin.machine.busy) / (end.machine.all - begin.machine.all),
  };
}
