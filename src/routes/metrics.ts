/** What this instance measures of itself, as Prometheus text. */
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { Availability } from '../redis/availability.ts';
import type { Traffic } from '../http/request-counts.ts';

const QUANTILES = [0.5, 0.95, 0.99];

/** Everything is gathered when somebody asks, not when it happens. */
export function createMetrics(traffic: Traffic, availability: Availability): Registry {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  new Counter({
    name: 'http_requests_total',
    help: 'Requests answered, by method and status code',
    labelNames: ['method', 'code'],
    registers,
    collect() {
      this.reset();
      for (const [method, byStatus] of traffic.answers) {
        byStatus.forEach((answers, code) => this.inc({ method, code }, answers));
      }
    },
  });
  new Gauge({
    name: 'http_request_duration_seconds',
    help: 'Time from the arrival of a request to its answer, since the start',
    labelNames: ['quantile'],
    registers,
    collect() {
      for (const quantile of QUANTILES) {
        this.set({ quantile }, traffic.durations.percentile(quantile * 100) / 1e6);
      }
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
  return registry;
}
