import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { UnavailableError } from '../common/errors/request.errors.js';
import { ConnectionPool } from './connection-pool.js';
import { isConnectionLost, isUnavailable } from './is-unavailable.js';
import { turnOffJit } from './jit.js';

/** Waiting longer than this for a connection, or for an answer on it, is an outage (milliseconds). */
const connectTimeoutMs = 2_000;
const answerTimeoutMs = 4_000;
/** Requests that may wait for a connection before new ones are turned away at once. */
const maxWaiting = 200;

export interface DatabaseOptions {
  readonly url: string;
  readonly poolSize: number;
  /** Prepare named statements once per connection; off behind poolers that cannot follow them. */
  readonly prepared: boolean;
}

/** A statement written by hand, with the name under which a connection prepares it; empty: it is never prepared. */
export interface Statement {
  readonly name: string;
  readonly text: string;
  /** It only reads, so it may be sent once more on another connection when its own broke under it. */
  readonly readOnly?: boolean;
}

/** Sends a statement on the connection of a transaction, and answers its rows. */
export type RunStatement = <Row extends object>(statement: Statement, values: unknown[]) => Promise<Row[]>;

/** A statement that changes nothing, wherever it runs. */
export type ReadStatement = Statement & { readonly readOnly: true };

/**
 * The connection pool that hand-written statements and Prisma's adapter share. A database that is away, too slow or
 * out of connections is an `UnavailableError` (503), never a request that hangs.
 */
@Injectable()
export class Database implements OnApplicationShutdown {
  readonly pool: ConnectionPool;
  private closed: Promise<void> | null = null;

  constructor(private readonly options: DatabaseOptions) {
    this.pool = new ConnectionPool({
      connectionString: options.url,
      max: options.poolSize,
      connectionTimeoutMillis: connectTimeoutMs,
      silenceMs: answerTimeoutMs,
      maxWaiting,
      idleTimeoutMillis: 30_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 5_000,
      application_name: 'versioner',
      // oxlint-disable-next-line typescript/no-misused-promises -- the pool waits for it; its types do not say so
      onConnect: turnOffJit,
    });
  }

  /** Runs one statement in a transaction of its own and answers its rows. */
  async query<Row extends object>(statement: Statement, values: unknown[]): Promise<Row[]> {
    const query = toQuery(statement, values, this.options.prepared);
    try {
      return (await this.run<Row>(query, statement.readOnly === true)).rows;
    } catch (error) {
      throw isUnavailable(error) ? new UnavailableError(undefined, undefined, { cause: error }) : error;
    }
  }

  /**
   * Runs statements in one transaction, which is rolled back where `work` fails. For hand-written statements alone:
   * Prisma's transactions have more to them, and cost more.
   *
   * @param settings statements that begin the transaction: `SET LOCAL …`
   */
  async transaction<Result>(settings: string, work: (run: RunStatement) => Promise<Result>): Promise<Result> {
    let client: pg.PoolClient | undefined;
    let failure: unknown;
    try {
      client = await this.pool.connect();
      const connection = client;
      await connection.query(`BEGIN; ${settings}`);
      const result = await work(async <Row extends object>(statement: Statement, values: unknown[]) => {
        return (await connection.query<Row>(toQuery(statement, values, this.options.prepared))).rows;
      });
      await connection.query('COMMIT');
      return result;
    } catch (error) {
      failure = await client?.query('ROLLBACK').then(
        () => undefined,
        (lost: unknown) => lost,
      );
      throw isUnavailable(error) ? new UnavailableError(undefined, undefined, { cause: error }) : error;
    } finally {
      // What could not even be rolled back goes to nobody else.
      client?.release(failure !== undefined);
    }
  }

  /**
   * A connection beside the pool, not yet open, for what must get through when the pool is exhausted.
   * @param answerTimeoutMs 0: an answer may take as long as it takes
   */
  connectionBeside(timeoutMs: number, name = 'versioner health', answerTimeoutMs = timeoutMs): pg.Client {
    const client = new pg.Client({
      connectionString: this.options.url,
      connectionTimeoutMillis: timeoutMs,
      query_timeout: answerTimeoutMs,
      application_name: name,
    });
    // Without a listener a broken connection would end the process; whoever uses it next is told anyway.
    client.on('error', () => undefined);
    return client;
  }

  /** Ends the pool, once nobody uses it any more; safe to call again. */
  async close(): Promise<void> {
    this.closed ??= this.pool.end();
    await this.closed;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.close();
  }

  private async run<Row extends object>(query: pg.QueryConfig, again: boolean): Promise<pg.QueryResult<Row>> {
    try {
      return await this.pool.query<Row>(query);
    } catch (error) {
      if (!again || !isConnectionLost(error)) throw error;
      // After a restart of the database each connection from before is broken, some without knowing it yet.
      this.pool.discardIdle();
      return this.pool.query<Row>(query);
    }
  }
}

/** As the driver takes it. */
export function toQuery({ name, text }: Statement, values: unknown[], prepared: boolean): pg.QueryConfig {
  return { name: prepared && name !== '' ? name : undefined, text, values };
}
