import type { EnvironmentType } from '../catalog/infer-environment-type.js';
import { type PolicyFactsRow, toPolicyFacts } from '../preflight/policy-facts.js';
import type { PolicyJson } from '../preflight/read-policy.js';
import type { CellFacts, RecordedCheck } from './cell-facts.js';
import { type DeploymentColumns, fromColumns } from './deployment.columns.js';

/** A row of `readCellFacts`, whatever parts it was asked for. */
export interface FactsRow extends PolicyFactsRow {
  readonly now: Date;
  readonly policy_revision: number;
  readonly rules_revision: number;
  readonly overrides_until: Date | null;
  readonly policy?: PolicyJson | null;
  readonly enforce_on_completed: boolean;
  readonly catalog: string;
  readonly product_id: string | null;
  readonly product_name: string;
  readonly product_archived_at: Date | null;
  readonly environment_id: string | null;
  readonly environment_name: string;
  readonly environment_archived_at: Date | null;
  readonly environment_type: EnvironmentType;
  readonly stale_after_minutes: number;
  readonly pending_stale_after_hours: number;
  readonly start_revision: number;
  readonly version_id: string | null;
  readonly version_sha: string | null;
  readonly version_revision: number;
  readonly revision: number | null;
  readonly current_id: string | null;
  readonly current_deployed_at: Date | null;
  readonly open: readonly DeploymentColumns[] | null;
  readonly is_repeat: boolean;
  readonly given_up?: readonly DeploymentColumns[] | null;
  readonly repeat?: Readonly<Record<string, unknown>> | null;
  readonly same_run?: DeploymentColumns | null;
  readonly last_check?: Readonly<Record<string, unknown>> | null;
  readonly next_completed_at?: Date | null;
  readonly environment_holders?: readonly Readonly<Record<string, unknown>>[] | null;
}

export function toCellFacts(row: FactsRow): CellFacts {
  return {
    now: row.now,
    policyRevision: row.policy_revision,
    overridesUntil: row.overrides_until,
    enforceOnCompleted: row.enforce_on_completed,
    catalogClosed: row.catalog === 'closed',
    product:
      row.product_id === null
        ? null
        : { id: row.product_id, name: row.product_name, archivedAt: row.product_archived_at },
    environment:
      row.environment_id === null
        ? null
        : {
            id: row.environment_id,
            name: row.environment_name,
            archivedAt: row.environment_archived_at,
            type: row.environment_type,
            startRevision: row.start_revision,
            staleAfterMinutes: row.stale_after_minutes,
            pendingStaleAfterHours: row.pending_stale_after_hours,
          },
    version:
      row.version_id === null ? null : { id: row.version_id, scmSha: row.version_sha, revision: row.version_revision },
    revision: row.revision ?? 0,
    current: row.current_id === null ? null : { deploymentId: row.current_id, deployedAt: row.current_deployed_at! },
    open: (row.open ?? []).map((columns) => ({ ...fromColumns(columns), version: columns['version'] as string })),
    givenUp: (row.given_up ?? []).map(fromColumns),
    repeatOf: row.repeat == null ? null : toRepeat(row.repeat),
    sameRun: row.same_run == null ? null : fromColumns(row.same_run),
    lastCheck: row.last_check == null ? null : toRecordedCheck(row.last_check),
    nextCompletedAt: row.next_completed_at ?? null,
    environmentHolders: (row.environment_holders ?? []).map((holder) => ({
      deploymentId: holder['deployment_id'] as string,
      productId: holder['product_id'] as string,
      productName: holder['product_name'] as string,
      version: holder['version'] as string,
      startedAt: new Date(holder['started_at'] as string),
      deployedBy: holder['deployed_by'] as string | null,
      status: 'started',
      lastEventAt: new Date(holder['last_event_at'] as string),
    })),
    policy: toPolicyFacts(row),
  };
}

function toRepeat(repeat: Readonly<Record<string, unknown>>): CellFacts['repeatOf'] {
  const deployment = repeat['deployment'] as DeploymentColumns | null;
  const check = repeat['check'] as Readonly<Record<string, unknown>> | null;
  if (deployment === null && check === null) return null;
  const replacedAt = deployment?.['replaced_at'] as string | null | undefined;
  return {
    deployment: deployment && {
      ...fromColumns(deployment),
      replacedAt: replacedAt == null ? null : new Date(replacedAt),
    },
    check: check && toRecordedCheck(check),
    receivedAt: new Date(repeat['received_at'] as string),
    othersSince: repeat['others_since'] as boolean,
    endedSince: repeat['ended_since'] as boolean,
  };
}

function toRecordedCheck(row: Readonly<Record<string, unknown>>): RecordedCheck {
  return {
    id: row['id'] as string,
    outcome: row['outcome'] as string,
    attempt: fromColumns(row['attempt'] as DeploymentColumns),
    checkedAt: new Date(row['checked_at'] as string),
    rulesEvaluated: row['rules_evaluated'],
  };
}
