/** Measures how busy this instance is, from one reading to the next. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { RequestCounts } from '../http/request-counts.ts';

export interface Load {
  /** Resident, in bytes. */
  memory: number;
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

  return () => {
    const now = performance.now();
    const load = {
      memory: process.memoryUsage.rss(),
      requestsPerSecond: round((recent.count * 1000) / (now - lastReading)),
      p95: recent.count > 0 ? round(recent.percentile(95) / 1000) : null,
      eventLoopLag: round(Math.max(0, delay.percentile(99) / 1e6 - RESOLUTION)),
    };
    recent.reset();
    delay.reset();
    lastReading = now;
    return load;
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
