import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { AuditRepository } from '../audit/audit.repository.js';
import { AuditRetentionRepository } from '../audit/audit-retention.repository.js';
import { BackgroundJobs } from '../common/background-jobs.js';
import { Clock } from '../common/clock.js';
import { databaseTime } from '../database/database-time.js';
import { PrismaService } from '../database/prisma.service.js';
import {
  type CutOffs,
  cutOffOf,
  cutOffsAt,
  type RetentionStep,
  retentionSteps,
  stepAfter,
  stricter,
} from './retention-plan.js';
import {
  type Batch,
  type Position,
  type RetainingAccount,
  type RetentionCounts,
  RetentionRepository,
} from './retention.repository.js';

type Run = NonNullable<Awaited<ReturnType<RetentionRepository['takeOpenRun']>>>;
type Transaction = Parameters<AuditRepository['record']>[0];
type By = 'service' | 'operator';

const lookEveryMs = 600_000;
const dayMs = 86_400_000;
/** Some milliseconds of work for the database, and then a rest in which events have it to themselves. */
const batchSize = 500;
const restMs = 100;
/** A database that has much to do takes longer over a batch: it is left alone for so many times as long, within limits. */
const restForWork = 4;
const longestRestMs = 2_000;
/** Ranges of the audit log are sealed, and only whole seals can be removed: each leaves a stub. */
const auditEntriesAtOnce = 2_000;
/** A database that is that slow is better left alone; the batch is tried again at the next turn. */
const batchTimeoutMs = 30_000;
const start: Position = { at: null, id: null };

const idle: Batch = { counts: {}, last: start, isLast: true };

const nothing: RetentionCounts = {
  deploymentEvents: 0,
  buildEvents: 0,
  preflightChecks: 0,
  ruleViolations: 0,
  auditEntries: 0,
};

/** What a run has removed, or would remove. */
export interface RetentionResult extends CutOffs {
  readonly counts: RetentionCounts;
}

/**
 * Removes what an account no longer wants to keep, in batches that are transactions of their own. Where a run has come to
 * stands in its row, which each batch locks and moves on: a run that is cut off goes on where it was, on whichever replica
 * comes next, and of two that meet one does a batch and the other leaves. Its end is audited with everything that it has
 * removed.
 */
@Injectable()
export class RetentionService implements OnApplicationBootstrap {
  constructor(
    private readonly prisma: PrismaService,
    private readonly retention: RetentionRepository,
    private readonly audit: AuditRepository,
    private readonly auditRanges: AuditRetentionRepository,
    private readonly clock: Clock,
    private readonly jobs: BackgroundJobs,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.start('apply retention', lookEveryMs, () => this.applyDue());
  }

  /** Goes on with runs that were cut off, and begins those that are due: one a day for each account. */
  async applyDue(): Promise<void> {
    for (const { id } of await this.retention.accounts()) {
      await this.begin(id, 'service', dayMs);
      await this.goOn(id);
    }
  }

  /** The accounts with that slug, or without one all that have set a retention. */
  async accounts(slug: string | null): Promise<RetainingAccount[]> {
    if (slug === null) return this.retention.accounts();
    const found = await this.retention.findAccount(slug);
    return found === null ? [] : [found];
  }

  /** Applies an account's retention now; answers what the run has removed, or null where another process is at it. */
  async applyNow(accountId: string, by: By): Promise<RetentionResult | null> {
    await this.begin(accountId, by, 0);
    const run = await this.goOn(accountId);
    return run?.finishedAt == null ? null : { ...cutOffsIn(run), counts: countsIn(run) };
  }

  /** What would be removed now. */
  async preview(accountId: string): Promise<RetentionResult> {
    const cutOffs = await this.cutOffsNow(this.prisma, accountId);
    let counts = nothing;
    for (const step of retentionSteps) {
      const before = cutOffOf(step, cutOffs);
      if (before === null) continue;
      if (step === 'audit_log') {
        counts = sum(counts, { auditEntries: await this.retention.countSealed(accountId, before) });
        continue;
      }
      for (let [after, isLast] = [start, false]; !isLast;) {
        const asked = { before, after, size: batchSize, remove: false };
        const batch = await this.retention.batch(this.prisma, accountId, step, asked);
        counts = sum(counts, batch.counts);
        [after, isLast] = [batch.last, batch.isLast];
      }
    }
    return { ...cutOffs, counts };
  }

  private async begin(accountId: string, by: By, everyMs: number): Promise<void> {
    await this.prisma.$transaction(async (tx) => {
      const now = await databaseTime(tx, this.clock);
      const last = await this.retention.lastStartedAt(tx, accountId);
      if (last !== null && now.getTime() - last.getTime() < everyMs) return;
      const cutOffs = cutOffsAt(now, await this.retention.settings(tx, accountId));
      await this.retention.startRun(tx, {
        accountId,
        id: newId(),
        by,
        step: retentionSteps[0],
        startedAt: now,
        ...cutOffs,
      });
    });
  }

  /** Works through the run of an account, until the service stops; answers it as this process has left it, null where there was nothing to do. */
  private async goOn(accountId: string): Promise<Run | null> {
    let latest: Run | null = null;
    while (!this.jobs.isStopping) {
      const began = this.clock.monotonic();
      const run = await this.prisma.$transaction((tx) => this.workOn(tx, accountId), { timeout: batchTimeoutMs });
      if (run === null) break;
      latest = run.run;
      if (run.run.finishedAt !== null) break;
      if (run.removed > 0) await sleep(restAfter(this.clock.monotonic() - began));
    }
    return latest;
  }

  /** One batch. */
  private async workOn(tx: Transaction, accountId: string): Promise<{ run: Run; removed: number } | null> {
    const run = await this.retention.takeOpenRun(tx, accountId);
    if (run === null) return null;
    const cutOffs = stricter(cutOffsIn(run), await this.cutOffsNow(tx, accountId));
    const step = run.step as RetentionStep;
    const before = cutOffOf(step, cutOffs);
    const after = { at: run.lastAt, id: run.lastId };
    const batch = before === null ? idle : await this.remove(tx, accountId, step, before, after);
    const counts = sum(countsIn(run), batch.counts);
    const removed = Object.values(batch.counts).reduce((total, count) => total + count, 0);
    if (before !== null && step !== 'audit_log' && removed > 0) {
      await this.retention.markRemoved(tx, accountId, step, before);
    }

    const next = batch.isLast ? stepAfter(step) : step;
    const position = batch.isLast ? start : batch.last;
    const now = await databaseTime(tx, this.clock);
    const updated = await this.retention.updateRun(tx, run, {
      ...cutOffs,
      ...counts,
      step: next ?? step,
      lastAt: position.at,
      lastId: position.id,
      finishedAt: next === null ? now : null,
    });
    if (next === null) await this.recordEnd(tx, updated, now);
    return { run: updated, removed };
  }

  private async remove(
    tx: Transaction,
    accountId: string,
    step: RetentionStep,
    before: Date,
    after: Position,
  ): Promise<Batch> {
    if (step !== 'audit_log') {
      return this.retention.batch(tx, accountId, step, { before, after, size: batchSize, remove: true });
    }
    const stub = await this.auditRanges.removeSealedRange(tx, accountId, before, auditEntriesAtOnce);
    if (stub === null) return idle;
    return { counts: { auditEntries: stub.last_seq - stub.first_seq + 1 }, last: start, isLast: false };
  }

  /** A run that found nothing to remove has changed nothing. */
  private async recordEnd(tx: Transaction, run: Run, at: Date): Promise<void> {
    const counts = countsIn(run);
    if (Object.values(counts).every((count) => count === 0)) return;
    await this.audit.record(
      tx,
      { kind: run.by as By, accountId: run.accountId },
      {
        action: 'retention.applied',
        resourceType: 'retention_run',
        resourceId: run.id,
        before: null,
        after: { id: run.id, started_at: run.startedAt, finished_at: at, ...toWire({ ...cutOffsIn(run), counts }) },
        at,
      },
    );
  }

  private async cutOffsNow(tx: Transaction, accountId: string): Promise<CutOffs> {
    return cutOffsAt(await databaseTime(tx, this.clock), await this.retention.settings(tx, accountId));
  }
}

/** A stop waits for the rest to end: it is never long. */
function restAfter(workedMs: number): number {
  return Math.min(longestRestMs, Math.max(restMs, restForWork * workedMs));
}

function toWire({ eventsBefore, checksBefore, auditBefore, counts }: RetentionResult) {
  return {
    events_before: eventsBefore,
    checks_before: checksBefore,
    audit_before: auditBefore,
    removed: {
      deployment_events: counts.deploymentEvents,
      build_events: counts.buildEvents,
      preflight_checks: counts.preflightChecks,
      rule_violations: counts.ruleViolations,
      audit_entries: counts.auditEntries,
    },
  };
}

function cutOffsIn({ eventsBefore, checksBefore, auditBefore }: Run): CutOffs {
  return { eventsBefore, checksBefore, auditBefore };
}

function countsIn(run: Run): RetentionCounts {
  return {
    deploymentEvents: Number(run.deploymentEvents),
    buildEvents: Number(run.buildEvents),
    preflightChecks: Number(run.preflightChecks),
    ruleViolations: Number(run.ruleViolations),
    auditEntries: Number(run.auditEntries),
  };
}

function sum(counts: RetentionCounts, more: Partial<RetentionCounts>): RetentionCounts {
  const names = Object.keys(nothing) as (keyof RetentionCounts)[];
  return Object.fromEntries(
    names.map((name) => [name, counts[name] + (more[name] ?? 0)]),
  ) as unknown as RetentionCounts;
}
