/** Measures how busy this instance is, from one reading to the next. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { RequestCounts } from '../http/request-counts.ts';

export interface Load {
  /** Resident, in bytes. */
  memory: number;
  /** Cores; null from an older version of the app, which does not measure it. */
  cpu: number | null;
  requestsPerSecond: number;
  /** Milliseconds; null without a request. */
  p95: number | null;
  /** Milliseconds by which timers were late, in the 99th percentile. */
  eventLoopLag: number;
}

/** The interval at which the event loop is sampled, which costs next to nothing. */
const RESOLUTION = 20; // milliseconds

/** Returns a function that reads the load since its last call. */
export function createLoadMeter({ recent }: RequestCounts): () => Load {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
  delay.enable();
  let lastReading = performance.now();
  let lastCpuTime = readCpuTime();

  return () => {
    const now = performance.now();
    const elapsed = now - lastReading;
    const cpuTime = readCpuTime();
    const load = {
      memory: process.memoryUsage.rss(),
      cpu: round((cpuTime - lastCpuTime) / elapsed, 1000),
      requestsPerSecond: round((recent.count * 1000) / elapsed),
      p95: recent.count > 0 ? round(recent.percentile(95) / 1000) : null,
      eventLoopLag: round(Math.max(0, delay.percentile(99) / 1e6 - RESOLUTION)),
    };
    recent.reset();
    delay.reset();
    lastReading = now;
    lastCpuTime = cpuTime;
    return load;
  };
}

/** Milliseconds of processor time that this process has used so far. */
function readCpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function round(value: number, steps = 10): number {
  return Math.round(value * steps) / steps;
}
