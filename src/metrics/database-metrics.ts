import prometheus from 'prom-client';
import type { ConnectionPool } from '../database/connection-pool.js';
import type { ListDatabase } from '../database/read-replica/list-database.js';

/** @param of in the words of the help */
export function poolGauge(
  name: string,
  of: string,
  { pool }: { readonly pool: ConnectionPool },
): prometheus.Gauge<'state'> {
  return new prometheus.Gauge({
    name,
    help: `Connections to ${of} that are in use or idle, and requests that wait for one`,
    labelNames: ['state'],
    registers: [],
    collect() {
      const { totalCount, idleCount, waitingCount } = pool;
      this.set({ state: 'in_use' }, totalCount - idleCount);
      this.set({ state: 'idle' }, idleCount);
      this.set({ state: 'waiting' }, waitingCount);
    },
  });
}

export function readReplicaGauge(lists: ListDatabase): prometheus.Gauge {
  return new prometheus.Gauge({
    name: 'versioner_read_replica_up',
    help: 'Whether lists are read from the read replica: 1, or 0 while it cannot be used',
    registers: [],
    collect() {
      this.set(lists.isReplicated ? 1 : 0);
    },
  });
}

export function listReadsCounter(lists: ListDatabase): prometheus.Counter<'source' | 'reason'> {
  return new prometheus.Counter({
    name: 'versioner_list_reads_total',
    help: 'Statements of lists, by where they were read, and why not from the read replica',
    labelNames: ['source', 'reason'],
    registers: [],
    collect() {
      this.reset();
      for (const [fault, count] of lists.reads) {
        this.inc({ source: fault === null ? 'read_replica' : 'primary', reason: fault ?? '' }, count);
      }
    },
  });
}
