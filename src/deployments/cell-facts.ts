import type { EnvironmentType } from '../catalog/infer-environment-type.js';
import type { MaybeArchived } from '../catalog/restore-archived.sql.js';
import type { Holder } from '../preflight/checks/check.js';
import type { PolicyFacts } from '../preflight/policy-facts.js';
import type { Deployment } from './deployment.js';
import type { StalenessLimits } from './is-stale.js';

/** A recorded pre-flight check, as far as later events need it. */
export interface RecordedCheck {
  readonly id: string;
  readonly outcome: string;
  /** The attempt as a deployment that never was: what is reported after a block is answered from it. */
  readonly attempt: Deployment;
  readonly checkedAt: Date;
  readonly rulesEvaluated: unknown;
}

export interface OpenDeployment extends Deployment {
  readonly version: string;
}

/**
 * Everything that is known about one event's product, environment and version at one instant, read in one round trip.
 * `revision` guards it: what is decided from these facts is written only if the cell has not moved since.
 */
export interface CellFacts {
  /** The database's time, or the moment that a test has frozen. */
  readonly now: Date;
  readonly policyRevision: number;
  /** When the last override expires that was ever given; null: none was. */
  readonly overridesUntil: Date | null;
  readonly enforceOnCompleted: boolean;
  readonly catalogClosed: boolean;
  readonly product: MaybeArchived | null;
  readonly environment:
    (MaybeArchived & StalenessLimits & { readonly type: EnvironmentType; readonly startRevision: number }) | null;
  readonly version: { readonly id: string; readonly scmSha: string | null; readonly revision: number } | null;
  /** 0: this product was never in this environment. */
  readonly revision: number;
  /** What is deployed there now. */
  readonly current: { readonly deploymentId: string; readonly deployedAt: Date } | null;
  /** The started ones of the cell, and the pending ones of this version, newest first; the stale among them too. */
  readonly open: readonly OpenDeployment[];
  /** Those of this version that the service gave up as stale, newest first. */
  readonly givenUp: readonly Deployment[];
  /** What an identical event within ten minutes led to. */
  readonly repeatOf: {
    readonly deployment: (Deployment & { readonly replacedAt: Date | null }) | null;
    readonly check: RecordedCheck | null;
    readonly receivedAt: Date;
    /** Another version was deployed there since. */
    readonly othersSince: boolean;
    /** A start whose end the same credential has reported since, or the service itself: its client had its answer. */
    readonly endedSince: boolean;
  } | null;
  /** The deployment of the same run (`invoke_id` and attempt), for a `pending` that comes late. */
  readonly sameRun: Deployment | null;
  /** The last attempt of this run, or without an `invoke_id` of this credential within a day. */
  readonly lastCheck: RecordedCheck | null;
  /** For a backfill: when the next completion after it took its place. */
  readonly nextCompletedAt: Date | null;
  /** In progress in the whole environment, oldest first; read only where a scope spans products. */
  readonly environmentHolders: readonly (Omit<Holder, 'staleAt'> & {
    readonly productId: string;
    readonly status: 'started';
    readonly lastEventAt: Date;
  })[];
  /** What rules need to know besides, as far as it was asked for. */
  readonly policy: PolicyFacts;
}
