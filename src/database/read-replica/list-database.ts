import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Clock } from '../../common/clock.js';
import { isError } from '../../common/errors/is-error.js';
import { UnavailableError } from '../../common/errors/request.errors.js';
import type { Database, ReadStatement } from '../database.js';
import { Availability } from './availability.js';
import { type Fault, ReadReplicaFault } from './faults.js';
import { NextCall } from './next-call.js';
import { type Position, type PositionRow, readPosition, toPosition } from './primary-position.js';
import type { ReadReplica } from './read-replica.js';

/** How many lists were read where, and why from the primary; null: from the read replica. */
export type ListReads = ReadonlyMap<Fault | null, number>;

/**
 * Reads lists, as new as the primary has them at the moment of asking: from the read replica where there is one that
 * has caught up, else from the primary. That the read replica is away, behind or not what it should be is never a
 * client's error.
 *
 * For lists alone: what a decision is taken on, or a credential judged by, is read from `Database`. Lists of several
 * statements are cut by keys, so it does not matter that they may come from both.
 */
@Injectable()
export class ListDatabase implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly counts = new Map<Fault | null, number>();
  private readonly availability: Availability;
  private readonly position: NextCall<Position>;
  private trying = false;
  private stopped = false;

  /** @param readReplica null: every list is read from the primary, and nothing else is asked of it */
  constructor(
    private readonly database: Database,
    readonly readReplica: ReadReplica | null,
    private readonly clock: Clock,
  ) {
    this.availability = new Availability(clock);
    this.position = new NextCall(() => this.askPosition());
  }

  /** Runs one statement of a list and answers its rows. */
  async query<Row extends object>(statement: ReadStatement, values: unknown[]): Promise<Row[]> {
    const rows = this.readReplica && (await this.ask<Row>(this.readReplica, statement, values));
    return rows ?? this.database.query<Row>(statement, values);
  }

  /** Counted only where there is a read replica. */
  get reads(): ListReads {
    return this.counts;
  }

  /** Whether the read replica is of use at this moment. */
  get isReplicated(): boolean {
    return this.readReplica !== null && this.availability.obstacle === null;
  }

  onApplicationBootstrap(): void {
    if (this.readReplica !== null) void this.tryAgain(this.readReplica);
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    await this.readReplica?.close();
  }

  /** Null where the primary has to be asked. */
  private async ask<Row extends object>(
    readReplica: ReadReplica,
    statement: ReadStatement,
    values: unknown[],
  ): Promise<Row[] | null> {
    const { availability } = this;
    if (availability.obstacle !== null) {
      if (availability.isDue) void this.tryAgain(readReplica);
      return this.count(availability.obstacle, null);
    }
    try {
      const rows = await readReplica.read<Row>(statement, values, await this.position.ask());
      return this.count(null, rows);
    } catch (error) {
      if (!(error instanceof ReadReplicaFault)) throw error;
      // Lists that were under way together meet the same outage: it is one.
      if (error.isOutage && availability.obstacle === null && !this.stopped) availability.lost(error);
      return this.count(error.fault, null);
    }
  }

  /** Finds out whether the read replica is of use. Nobody waits for it. */
  private async tryAgain(readReplica: ReadReplica): Promise<void> {
    if (this.trying || this.stopped) return;
    this.trying = true;
    try {
      await readReplica.read(null, [], await this.position.ask());
      this.availability.back();
    } catch (error) {
      if (this.stopped) return;
      if (error instanceof ReadReplicaFault) this.availability.lost(error);
      // Of the primary, which has more to say about it elsewhere.
      else this.availability.postpone();
    } finally {
      this.trying = false;
    }
  }

  /** @throws UnavailableError where the primary is away */
  private async askPosition(): Promise<Position> {
    const askedAt = this.clock.monotonic();
    try {
      const [row] = await this.database.query<PositionRow>(readPosition, []);
      return toPosition(row!, askedAt);
    } catch (error) {
      if (error instanceof UnavailableError) throw error;
      const message = isError(error) ? error.message : String(error);
      throw new ReadReplicaFault('unfit', `the primary does not tell how far it has written: ${message}`, {
        cause: error,
      });
    }
  }

  private count<T>(fault: Fault | null, rows: T): T {
    this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1);
    return rows;
  }
}
