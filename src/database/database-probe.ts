import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type pg from 'pg';
import { Clock } from '../common/clock.js';
import { Database } from './database.js';
import { readMigrations } from './migrations.js';

/** How long an answer is believed, and how long one is waited for (milliseconds). */
const believedForMs = 1_000;
const patienceMs = 1_000;

const appliedSql = `
  select count(distinct migration_name)::int as applied
    from _prisma_migrations
   where migration_name = any($1) and finished_at is not null and rolled_back_at is null`;

/** What the database can be used for: `up`, `migrating` (it answers, but its schema is not this release's yet) or `down`. */
export type DatabaseState = 'up' | 'migrating' | 'down';

/**
 * Asks the database, at most once a second and for at most a second, over a connection of its own: a pool that is
 * exhausted means a busy service and not a missing database. The connection is only opened when somebody asks.
 */
@Injectable()
export class DatabaseProbe implements OnApplicationShutdown {
  private client: pg.Client | null = null;
  private migrations: Promise<string[]> | null = null;
  private asked: { readonly at: number; readonly answer: Promise<DatabaseState> } | null = null;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async state(): Promise<DatabaseState> {
    const now = this.clock.monotonic();
    if (this.asked === null || now - this.asked.at >= believedForMs) this.asked = { at: now, answer: this.ask() };
    return this.asked.answer;
  }

  async onApplicationShutdown(): Promise<void> {
    this.discard();
  }

  private async ask(): Promise<DatabaseState> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<DatabaseState>((resolve) => {
      timer = setTimeout(resolve, patienceMs, 'down');
    });
    const state = await Promise.race([this.query(), late]).catch(() => 'down' as const);
    clearTimeout(timer);
    if (state === 'down') this.discard();
    return state;
  }

  private async query(): Promise<DatabaseState> {
    if (this.client === null) {
      this.client = this.database.connectionBeside(patienceMs);
      await this.client.connect();
    }
    this.migrations ??= readMigrations().then((migrations) => migrations.map(({ name }) => name));
    const names = await this.migrations;
    try {
      const { rows } = await this.client.query<{ applied: number }>(appliedSql, [names]);
      return rows[0]?.applied === names.length ? 'up' : 'migrating';
    } catch (error) {
      // 42P01: no migration has ever run here.
      if ((error as { code?: unknown }).code === '42P01') return 'migrating';
      throw error;
    }
  }

  private discard(): void {
    const { client } = this;
    this.client = null;
    client?.end().catch(() => undefined);
  }
}
