import { Injectable } from '@nestjs/common';
import prometheus from 'prom-client';
import { Env } from '../config/env.js';
import { Database } from '../database/database.js';
import { ListDatabase } from '../database/read-replica/list-database.js';
import { Siblings } from '../workers/siblings.js';
import { listReadsCounter, poolGauge, readReplicaGauge } from './database-metrics.js';

/** What is known of a request once it has been answered. */
export interface ObservedRequest {
  readonly method: string;
  /** The pattern of the route, never the path: a path would make a series of its own for each id. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

const eventKinds: Readonly<Record<string, 'deployment' | 'build'>> = {
  '/deployment-events': 'deployment',
  '/build-events': 'build',
  '/version-events': 'build',
};

/** The numbers of one process, in a registry of its own. Nothing is counted unless `METRICS_PORT` or `METRICS_TOKEN` is set. */
@Injectable()
export class Metrics {
  private readonly registry = new prometheus.Registry();
  private readonly enabled: boolean;

  private readonly requests = this.counter('http_requests_total', 'Requests answered', ['method', 'route', 'status']);
  private readonly events = this.counter('versioner_events_total', 'Events answered, by what became of them', [
    'kind',
    'outcome',
  ]);
  private readonly verdicts = this.counter('versioner_preflight_verdicts_total', 'Pre-flight verdicts, by code', [
    'code',
  ]);
  private readonly durations = new prometheus.Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the arrival of a request to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [this.registry],
  });
  private readonly batchSizes = new prometheus.Histogram({
    name: 'versioner_batch_size',
    help: 'Events that shared one round trip to the database',
    labelNames: ['kind'],
    buckets: [1, 2, 4, 8, 16, 32, 64, 128],
    registers: [this.registry],
  });
  private readonly batchRounds = this.counter('versioner_batch_rounds_total', 'Round trips that batches took', [
    'kind',
  ]);

  constructor(
    env: Env,
    database: Database,
    lists: ListDatabase,
    private readonly siblings: Siblings,
  ) {
    siblings.answers.metrics = async () => this.registry.getMetricsAsJSON();
    this.enabled = env.metricsPort !== null || env.metricsToken !== null;
    if (!this.enabled) return;
    prometheus.collectDefaultMetrics({ register: this.registry });
    this.registry.registerMetric(poolGauge('versioner_database_pool', 'the database', database));
    if (lists.readReplica === null) return;
    this.registry.registerMetric(poolGauge('versioner_read_replica_pool', 'the read replica', lists.readReplica));
    this.registry.registerMetric(readReplicaGauge(lists));
    this.registry.registerMetric(listReadsCounter(lists));
  }

  /** The content type of `render`. */
  get contentType(): string {
    return this.registry.contentType;
  }

  /** Everything, of all workers, in the text format of Prometheus. */
  async render(): Promise<string> {
    return (await this.siblings.metricsPage()) ?? this.registry.metrics();
  }

  observeRequest({ method, route, status, seconds }: ObservedRequest): void {
    if (!this.enabled) return;
    this.requests.inc({ method, route, status });
    this.durations.observe({ method, route, status }, seconds);
    const kind = eventKinds[route.replace(/\/$/, '')];
    if (kind !== undefined && method === 'POST') this.events.inc({ kind, outcome: outcomeOf(status) });
  }

  /**
   * @param kind what the batch is made of, such as `deployment`
   * @param size how many shared it
   * @param rounds the round trips that it took, those that had to start over included
   */
  observeBatch(kind: string, size: number, rounds: number): void {
    if (!this.enabled) return;
    this.batchSizes.observe({ kind }, size);
    this.batchRounds.inc({ kind }, rounds);
  }

  /** @param code `passed`, or the code of the violation that decided the answer */
  countVerdict(code: string): void {
    if (this.enabled) this.verdicts.inc({ code });
  }

  private counter(name: string, help: string, labelNames: readonly string[]): prometheus.Counter {
    return new prometheus.Counter({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  }
}

function outcomeOf(status: number): string {
  if (status === 201) return 'opened';
  if (status < 300) return 'recorded';
  if (status === 409 || status === 423 || status === 428) return 'blocked';
  return status < 500 ? 'refused' : 'failed';
}
