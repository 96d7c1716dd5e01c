/** What this instance counts, as Prometheus text. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Availability } from './redis/availability.ts';

export interface Metrics {
  contentType: string;
  text(): Promise<string>;
  /** Counts one answered request; the duration is in milliseconds. */
  countRequest(method: string, status: number, duration: number): void;
}

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1]; // seconds

export function createMetrics(availability: Availability): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the arrival of a request to its answer',
    buckets: BUCKETS,
    registers,
  });

  // Labels cost prom-client a microsecond each time, so they are put on when somebody asks
  const tally = new Map<string, { method: string; code: string; requests: number }>();
  new Counter({
    name: 'http_requests_total',
    help: 'Requests answered, by method and status code',
    labelNames: ['method', 'code'],
    registers,
    collect() {
      this.reset();
      for (const { method, code, requests } of tally.values()) this.inc({ method, code }, requests);
    },
  });
  new Gauge({
    name: 'redis_up',
    help: '1 while Redis is connected, 0 while it is away or not bound',
    registers,
    collect() {
      this.set(availability.isAvailable ? 1 : 0);
    },
  });

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    countRequest(method, status, duration) {
      durations.observe(duration / 1000);
      const label = `${method} ${status}`;
      const counted = tally.get(label);
      if (counted) counted.requests++;
      else tally.set(label, { method, code: String(status), requests: 1 });
    },
  };
}
