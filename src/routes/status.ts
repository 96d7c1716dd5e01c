/** GET /status/…: liveness, readiness and metrics of this instance. */
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { Context } from 'koa';
import type { DiagnosticsAccess } from '../http/access.ts';
import type { RequestCounts } from '../http/request-counts.ts';
import { createRouter } from '../http/router.ts';
import type { Health } from '../http/server.ts';
import type { Availability } from '../redis/availability.ts';
import type { Verdict } from '../redis/probe.ts';

const QUANTILES = [0.5, 0.95, 0.99];

interface Parts {
  health: Health;
  counts: RequestCounts;
  availability: Availability;
  probe: () => Promise<Verdict>;
  diagnostics: DiagnosticsAccess;
}

export function statusRoutes({ health, counts, availability, probe, diagnostics }: Parts) {
  const metrics = createMetrics(counts, availability);
  let collecting: Promise<string> | null = null;
  const router = createRouter();

  router.get('/status/health', answerLiveness);
  router.get('/status/ready', answerReadiness);
  router.get('/status/redis', answerVerdict);
  router.get('/status/metrics', showMetrics);

  return router.routes();

  /** Never asks Redis: the platform restarts an instance that fails here, which repairs no Redis. */
  function answerLiveness(ctx: Context) {
    ctx.body = 'app is running';
  }

  /** Never asks Redis either: when Redis is lost, every instance would be taken off the route. */
  function answerReadiness(ctx: Context) {
    ctx.status = health.state === 'ready' ? 200 : 503;
    ctx.body = `app is ${health.state}`;
  }

  /** For monitors and pipelines. The reason may name hosts, which closed diagnostics keep secret. */
  async function answerVerdict(ctx: Context) {
    const { works, problem } = await probe();
    ctx.status = works ? 200 : 503;
    ctx.set('Cache-Control', 'no-store');
    if (works) ctx.body = 'Redis works';
    else ctx.body = diagnostics === 'open' ? problem : 'Redis does not work';
  }

  /** Requests at the same time share one collection, which takes milliseconds. */
  async function showMetrics(ctx: Context) {
    collecting ??= metrics.metrics().finally(() => (collecting = null));
    ctx.type = metrics.contentType;
    ctx.body = await collecting;
  }
}

/** Metrics read their values when they are collected, which costs other requests nothing. */
function createMetrics(counts: RequestCounts, availability: Availability): Registry {
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
      for (const [method, byStatus] of counts.answers) {
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
        this.set({ quantile }, counts.durations.percentile(quantile * 100) / 1e6);
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
