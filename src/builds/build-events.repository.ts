import { Injectable } from '@nestjs/common';
import { batchAuditRows } from '../audit/batch-audit.js';
import type { Actor } from '../auth/actor.js';
import { nameKey } from '../catalog/name-key.js';
import { createdValue, type NewThing } from '../catalog/audit-created.sql.js';
import { restoreValues } from '../catalog/restore-archived.sql.js';
import { Clock } from '../common/clock.js';
import type { Answer } from '../common/http/answers.decorator.js';
import { batchAnswerRows } from '../common/http/keep-batch-answers.js';
import { Database } from '../database/database.js';
import { isForeignKeyViolation } from '../database/is-foreign-key-violation.js';
import { type BuildColumns, fromColumns, toColumns } from './build.columns.js';
import type { BuildEvent } from './build-event.js';
import type { BuildEventPlan } from './build-event-plan.js';
import { readVersionFacts } from './read-version-facts.sql.js';
import type { VersionFacts } from './version-facts.js';
import { writeBuildPlans, writeBuildPlansThatRestore } from './write-build-plans.sql.js';

/** A plan, who caused it, and the answer to keep under an idempotency key; null for a refusal, which is not kept. */
export interface PlannedBuildWrite {
  readonly plan: BuildEventPlan;
  readonly actor: Actor;
  readonly answer: Answer<unknown> | null;
}

interface FactsRow {
  readonly now: Date;
  readonly catalog: string;
  readonly product_id: string | null;
  readonly product_name: string;
  readonly product_archived_at: Date | null;
  readonly version_id: string | null;
  readonly revision: number;
  readonly scm_sha: string | null;
  readonly sha_fixed_at: Date | null;
  readonly scm_branch: string | null;
  readonly scm_repository: string | null;
  readonly updated_at: Date;
  readonly open: readonly BuildColumns[] | null;
  readonly repeat_build: BuildColumns | null;
  readonly repeat_sha: string | null;
  readonly same_run: BuildColumns | null;
}

/** The build events' two round trips: one reads what is known, one writes what was decided. Both take a whole batch. */
@Injectable()
export class BuildEventsRepository {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** What is known about each event, in their order. */
  async readFacts(
    accountId: string,
    events: readonly { event: BuildEvent; actor: Pick<Actor, 'apiKeyId' | 'formerKeyId' | 'personalAccessTokenId'> }[],
  ): Promise<VersionFacts[]> {
    const reports = events.map(({ event, actor }, i) => ({
      i,
      product_key: nameKey(event.productName),
      version: event.version,
      status: event.status,
      invoke_id: event.invokeId,
      build_number: event.buildNumber,
      run_attempt: event.runAttempt,
      api_key_id: actor.apiKeyId,
      former_key_id: actor.formerKeyId,
      personal_access_token_id: actor.personalAccessTokenId,
    }));
    const values = [accountId, JSON.stringify(reports), this.clock.frozen()];
    return (await this.database.query<FactsRow>(readVersionFacts, values)).map(toVersionFacts);
  }

  /**
   * Writes the plans whose facts still stand, all in one transaction; answers the positions of those that were written:
   * none where something that one of them refers to has been erased meanwhile.
   */
  async write(accountId: string, writes: readonly PlannedBuildWrite[]): Promise<ReadonlySet<number>> {
    const restores = writes.some(({ plan }) => plan.restores.length > 0);
    const statement = restores ? writeBuildPlansThatRestore : writeBuildPlans;
    const written = this.database.query<{ i: number }>(statement, [
      accountId,
      JSON.stringify(writes.map(({ plan }, i) => planRow(plan, i))),
      JSON.stringify(writes.flatMap(({ plan }, i) => plan.builds.map((build) => ({ i, ...toColumns(build) })))),
      JSON.stringify(writes.flatMap((write, i) => eventRows(write, i))),
      JSON.stringify(writes.flatMap(({ plan, actor }, i) => batchAuditRows(i, actor, plan.audits))),
      JSON.stringify(writes.flatMap(({ actor, answer }, i) => batchAnswerRows(i, actor, answer))),
      createdValue(writes.map(({ plan, actor }) => ({ created: newThings(plan), actor }))),
      ...(restores ? restoreValues(writes) : []),
    ]);
    const rows = await written.catch((error: unknown) => {
      if (isForeignKeyViolation(error)) return [];
      throw error;
    });
    return new Set(rows.map(({ i }) => i));
  }
}

function toVersionFacts(row: FactsRow): VersionFacts {
  return {
    now: row.now,
    catalogClosed: row.catalog === 'closed',
    product:
      row.product_id === null
        ? null
        : { id: row.product_id, name: row.product_name, archivedAt: row.product_archived_at },
    version:
      row.version_id === null
        ? null
        : {
            id: row.version_id,
            revision: row.revision,
            scmSha: row.scm_sha,
            shaFixedAt: row.sha_fixed_at,
            scmBranch: row.scm_branch,
            scmRepository: row.scm_repository,
            updatedAt: row.updated_at,
          },
    open: (row.open ?? []).map(fromColumns),
    repeatOf: row.repeat_build && fromColumns(row.repeat_build),
    repeatedSha: row.repeat_sha,
    sameRun: row.same_run && fromColumns(row.same_run),
  };
}

/** What comes into being with a plan. */
function newThings({ productId, newProduct, version }: BuildEventPlan): NewThing[] {
  const { id, isNew, version: name, scmSha } = version;
  return [
    ...(newProduct === null ? [] : [{ kind: 'product' as const, id: productId, after: { name: newProduct.name } }]),
    ...(isNew
      ? [{ kind: 'version' as const, id, after: { product_id: productId, version: name, scm_sha: scmSha } }]
      : []),
  ];
}

function planRow({ now, productId, newProduct, version }: BuildEventPlan, i: number): Record<string, unknown> {
  return {
    i,
    now,
    product_id: productId,
    version_id: version.id,
    version: version.version,
    revision: version.revision,
    scm_sha: version.scmSha,
    is_other_commit: version.isOtherCommit,
    sha_fixed_at: version.shaFixedAt,
    scm_branch: version.scmBranch,
    scm_repository: version.scmRepository,
    updated_at: version.updatedAt,
    new_product_key: newProduct?.key,
    new_product_name: newProduct?.name,
  };
}

function eventRows({ plan, actor }: PlannedBuildWrite, i: number): Record<string, unknown>[] {
  return plan.events.map((event) => ({
    i,
    id: event.id,
    build_id: event.buildId,
    status: event.status,
    invoke_id: event.invokeId,
    build_number: event.buildNumber,
    run_attempt: event.runAttempt,
    api_key_id: event.byClient ? actor.apiKeyId : null,
    personal_access_token_id: event.byClient ? actor.personalAccessTokenId : null,
    payload: event.payload,
  }));
}
