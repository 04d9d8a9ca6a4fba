import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Clock } from '../../common/clock.js';
import { ConnectionPool } from '../connection-pool.js';
import { type ReadStatement, toQuery } from '../database.js';
import { isConnectionLost } from '../is-unavailable.js';
import { turnOffJit } from '../jit.js';
import { ReadReplicaFault, toReadReplicaFault } from './faults.js';
import { identityColumns } from './identity.js';
import { faultOf, type Standby } from './judge-standby.js';
import type { Position } from './primary-position.js';

export interface ReadReplicaOptions {
  readonly url: string;
  readonly poolSize: number;
  readonly prepared: boolean;
}

/** Together less than a request has, so that the primary can still answer (milliseconds). */
const connectTimeoutMs = 1_000;
const answerTimeoutMs = 2_000;
/** Lists that may wait for a connection before the primary is asked at once. */
const maxWaiting = 200;
/** How long it may take to catch up with the primary, and how often it is asked meanwhile (milliseconds). */
const patienceMs = 150;
const longestPauseMs = 16;

/**
 * Opens a transaction and asks the server that runs it. All in one message; a transaction, so that also behind a pooler
 * or a balancer the server that was asked is the one that answers; READ COMMITTED, so that what is read afterwards is at
 * least as new as what was asked.
 */
const openingAt = ({ lsn }: Position) => `
BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY;
SELECT pg_is_in_recovery() AS "inRecovery", (SELECT timeline_id FROM pg_control_checkpoint()) AS timeline,
  extract(epoch FROM clock_timestamp()) * 1000 AS time, ${hasReplayed(lsn)}, ${identityColumns}`;

/** The position is PostgreSQL's own answer, and is looked at again: a simple query takes no parameters. */
function hasReplayed(lsn: string): string {
  if (!/^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/.test(lsn)) throw new TypeError(`Not a position in the log: ${lsn}`);
  return `coalesce(pg_last_wal_replay_lsn() >= '${lsn}'::pg_lsn, false) AS "hasReplayed"`;
}

/** As the driver reads it: a numeric comes as text. */
type StandbyRow = Omit<Standby, 'time'> & { readonly time: string };

/** A physical standby of the primary, which answers once it has replayed as far as is asked of it. */
export class ReadReplica {
  readonly pool: ConnectionPool;

  constructor(
    private readonly options: ReadReplicaOptions,
    private readonly clock: Clock,
  ) {
    this.pool = new ConnectionPool({
      connectionString: options.url,
      max: options.poolSize,
      connectionTimeoutMillis: connectTimeoutMs,
      silenceMs: answerTimeoutMs,
      maxWaiting,
      idleTimeoutMillis: 30_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 5_000,
      application_name: 'versioner lists',
      // oxlint-disable-next-line typescript/no-misused-promises -- the pool waits for it; its types do not say so
      onConnect: turnOffJit,
    });
  }

  /**
   * Runs one statement; what the primary had written when it was asked is seen.
   * @param statement null: only to know whether it could
   * @throws ReadReplicaFault and nothing else
   */
  async read<Row extends object>(
    statement: ReadStatement | null,
    values: unknown[],
    primary: Position,
  ): Promise<Row[]> {
    const run = async (client: pg.PoolClient): Promise<Row[]> => {
      await this.catchUp(client, primary);
      if (statement === null) return [];
      return (await client.query<Row>(toQuery(statement, values, this.options.prepared))).rows;
    };
    try {
      return await this.inTransaction(run).catch(async (error: unknown) => {
        if (!isConnectionLost(error)) throw error;
        // After a restart each connection from before is broken, some without knowing it yet.
        this.pool.discardIdle();
        return this.inTransaction(run);
      });
    } catch (error) {
      throw toReadReplicaFault(error, this.isFull);
    }
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  private get isFull(): boolean {
    return this.pool.idleCount === 0 && this.pool.totalCount >= this.options.poolSize;
  }

  private async inTransaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    const end = (): void => {
      // Nobody waits for the end; a connection that does not get there is not used again.
      client.query('COMMIT').then(
        () => client.release(),
        () => client.release(true),
      );
    };
    try {
      const result = await work(client);
      end();
      return result;
    } catch (error) {
      if (error instanceof ReadReplicaFault) end();
      else client.release(true);
      throw error;
    }
  }

  /** Asks who it is, and waits until it has caught up, but not for long. */
  private async catchUp(client: pg.PoolClient, primary: Position): Promise<void> {
    const began = this.clock.monotonic();
    const [, opened] = (await client.query(openingAt(primary))) as unknown as pg.QueryResult<StandbyRow>[];
    const row = opened!.rows[0]!;
    const standby = { ...row, time: Number(row.time) };
    const unfit = faultOf(standby, primary, this.clock.monotonic() - primary.askedAt);
    if (unfit !== null) throw new ReadReplicaFault('unfit', unfit);

    let { hasReplayed: caughtUp } = standby;
    for (let pause = 1; !caughtUp; pause = Math.min(2 * pause, longestPauseMs)) {
      if (this.clock.monotonic() - began >= patienceMs) {
        throw new ReadReplicaFault('behind', `it is more than ${patienceMs} ms behind`);
      }
      await sleep(pause);
      const { rows } = await client.query<Standby>(`SELECT ${hasReplayed(primary.lsn)}`);
      caughtUp = rows[0]!.hasReplayed;
    }
  }
}
