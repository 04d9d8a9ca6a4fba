import { Injectable } from '@nestjs/common';
import type { Prisma, RetentionRun } from '../database/generated/client.js';
import { PrismaService } from '../database/prisma.service.js';
import type { CutOffs, RetentionSettings, RetentionStep } from './retention-plan.js';
import {
  removeBuildEvents,
  removeDeploymentEvents,
  removePreflightChecks,
  type StepRow,
} from './retention-steps.sql.js';

type Transaction = Prisma.TransactionClient;

/** An account that has set how long something is kept, or whose run has not ended. */
export interface RetainingAccount {
  readonly id: string;
  readonly slug: string;
}

/** The last row that a step has looked at. */
export interface Position {
  readonly at: Date | null;
  readonly id: string | null;
}

/** Rows removed, or that would be, by table. */
export interface RetentionCounts {
  readonly deploymentEvents: number;
  readonly buildEvents: number;
  readonly preflightChecks: number;
  readonly ruleViolations: number;
  readonly auditEntries: number;
}

/** What a batch has done. */
export interface Batch {
  readonly counts: Partial<RetentionCounts>;
  readonly last: Position;
  /** Nothing is left for this step. */
  readonly isLast: boolean;
}

type RowStep = Exclude<RetentionStep, 'audit_log'>;

const statements: Record<RowStep, string> = {
  deployment_events: removeDeploymentEvents,
  build_events: removeBuildEvents,
  preflight_checks: removePreflightChecks,
};

const counted: Record<RowStep, (row: StepRow) => Partial<RetentionCounts>> = {
  deployment_events: ({ removed }) => ({ deploymentEvents: removed }),
  build_events: ({ removed }) => ({ buildEvents: removed }),
  preflight_checks: ({ removed, events, violations }) => {
    return { preflightChecks: removed, deploymentEvents: events, ruleViolations: violations };
  },
};

/** Runs of the retention, and the rows that they remove. */
@Injectable()
export class RetentionRepository {
  constructor(private readonly prisma: PrismaService) {}

  async accounts(): Promise<RetainingAccount[]> {
    const isSet = { not: null };
    return this.prisma.account.findMany({
      where: {
        OR: [
          { retainEventsDays: isSet },
          { retainChecksDays: isSet },
          { retainAuditDays: isSet },
          { retentionRuns: { some: { finishedAt: null } } },
        ],
      },
      select: { id: true, slug: true },
      orderBy: { id: 'asc' },
    });
  }

  async findAccount(slug: string): Promise<RetainingAccount | null> {
    return this.prisma.account.findUnique({ where: { slug }, select: { id: true, slug: true } });
  }

  async settings(tx: Transaction, id: string): Promise<RetentionSettings> {
    const found = await tx.account.findUniqueOrThrow({
      where: { id },
      select: { retainEventsDays: true, retainChecksDays: true, retainAuditDays: true },
    });
    return {
      eventsDays: found.retainEventsDays,
      checksDays: found.retainChecksDays,
      auditDays: found.retainAuditDays,
    };
  }

  /** The run of an account that has not ended, locked until the transaction ends; null where there is none, or another has it. */
  async takeOpenRun(tx: Transaction, accountId: string): Promise<RetentionRun | null> {
    const [found] = await tx.$queryRaw<{ id: string }[]>`
      SELECT id FROM retention_runs WHERE account_id = ${accountId}::uuid AND finished_at IS NULL
      FOR UPDATE SKIP LOCKED`;
    if (found === undefined) return null;
    return tx.retentionRun.findUnique({ where: { accountId_id: { accountId, id: found.id } } });
  }

  async lastStartedAt(tx: Transaction, accountId: string): Promise<Date | null> {
    const order = { orderBy: { startedAt: 'desc' } } as const;
    const run = await tx.retentionRun.findFirst({ where: { accountId }, ...order, select: { startedAt: true } });
    return run?.startedAt ?? null;
  }

  /** Answers whether there was none that has not ended; the ended ones are forgotten. */
  async startRun(
    tx: Transaction,
    run: Pick<RetentionRun, 'accountId' | 'id' | 'by' | 'step' | 'startedAt'> & CutOffs,
  ): Promise<boolean> {
    await tx.retentionRun.deleteMany({ where: { accountId: run.accountId, finishedAt: { not: null } } });
    const { count } = await tx.retentionRun.createMany({ data: [run], skipDuplicates: true });
    return count === 1;
  }

  async updateRun(
    tx: Transaction,
    { accountId, id }: RetentionRun,
    changes: Prisma.RetentionRunUpdateInput,
  ): Promise<RetentionRun> {
    return tx.retentionRun.update({ where: { accountId_id: { accountId, id } }, data: changes });
  }

  /** Looks at the next rows of a step, and removes those that are older, or counts them alone. */
  async batch(
    tx: Transaction,
    accountId: string,
    step: RowStep,
    asked: { before: Date; after: Position; size: number; remove: boolean },
  ): Promise<Batch> {
    const { before, after, size, remove } = asked;
    const values = [accountId, before, size, remove, after.id, ...(step === 'preflight_checks' ? [after.at] : [])];
    const [row] = await tx.$queryRawUnsafe<[StepRow]>(statements[step], ...values);
    const last = row.last_id === null ? after : { at: row.last_at, id: row.last_id };
    return { counts: counted[step](row), last, isLast: row.looked < size || row.older === 0 };
  }

  /** Audit entries of the seals, from the oldest on, that are older as a whole. */
  async countSealed(accountId: string, before: Date): Promise<number> {
    const [row] = await this.prisma.$queryRaw<[{ entries: number }]>`
      SELECT coalesce(sum(s.seq - s.first_seq + 1), 0)::float8 AS entries FROM audit_seals s
      WHERE s.account_id = ${accountId}::uuid AND s.seq < coalesce((
        SELECT min(y.first_seq) FROM audit_seals y
        WHERE y.account_id = ${accountId}::uuid AND y.newest_at >= ${before}::timestamptz), 9223372036854775807)`;
    return row.entries;
  }

  /** Says that rows from before this instant are gone, in the transaction in which the first of them go. */
  async markRemoved(tx: Transaction, accountId: string, step: RowStep, before: Date): Promise<void> {
    const column = step === 'preflight_checks' ? 'checksRemovedBefore' : 'eventsRemovedBefore';
    await tx.account.updateMany({
      where: { id: accountId, OR: [{ [column]: null }, { [column]: { lt: before } }] },
      data: { [column]: before },
    });
  }
}
