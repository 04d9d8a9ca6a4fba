import type { PlannedAudit } from '../audit/batch-audit.js';
import type { PlannedRestore } from '../catalog/restore-archived.sql.js';
import type { Deployment, PreflightStatus } from './deployment.js';

/** A thing that this event names for the first time. */
export interface NewNames {
  readonly product: { readonly name: string; readonly key: string } | null;
  readonly environment: {
    readonly name: string;
    readonly key: string;
    readonly type: string;
    readonly position: number;
  } | null;
  readonly version: string | null;
}

export interface PlannedCheck {
  readonly id: string;
  readonly deploymentId: string | null;
  readonly outcome: PreflightStatus | 'blocked';
  readonly statusCode: number;
  readonly code: string | null;
  readonly message: string | null;
  readonly retryAfter: Date | null;
  readonly violations: readonly unknown[];
  /** Where each of them is found by its rule: `n` is its place in `violations`. */
  readonly ruleViolations: readonly {
    readonly id: string;
    readonly n: number;
    readonly ruleId: string | null;
    readonly code: string;
  }[];
  readonly rulesEvaluated: unknown;
  readonly facts: unknown;
  /** The policy under which it was decided. */
  readonly policyRevision: number;
  readonly attempt: Deployment;
}

export interface PlannedEvent {
  readonly id: string;
  readonly deploymentId: string | null;
  readonly preflightCheckId: string | null;
  readonly versionId: string;
  readonly type: string;
  readonly status: string;
  readonly invokeId: string | null;
  readonly runAttempt: string | null;
  /** What the service does of itself has no credential. */
  readonly byClient: boolean;
  readonly payload: unknown;
}

/** Everything that one event changes, to be written in one statement, if nothing has moved since the facts were read. */
export interface EventPlan {
  readonly now: Date;
  readonly productId: string;
  readonly environmentId: string;
  readonly versionId: string;
  readonly newNames: NewNames;
  /** What it brings back of what it names. */
  readonly restores: readonly PlannedRestore[];
  /** Whether it moves the cell, and so must win its gate: everything but a refusal in a cell that exists. */
  readonly gated: boolean;
  /** The revision of the cell under which this was decided. */
  readonly revision: number;
  /** Set for a start that may go, which stands only under this policy; null for what has already happened. */
  readonly policyRevision: number | null;
  /** A start under a rule that counts the whole environment: only one of them at a time. */
  readonly spansProducts: boolean;
  /** Where it spans products, and the environment is not new: the environment's gate. */
  readonly startRevision: number | null;
  /** Where approvals count: the version's revision, under which its SHA and its builders were read. */
  readonly versionRevision: number | null;
  /** Other cells of the product whose completions counted, with their revisions. */
  readonly watched: readonly { readonly environmentId: string; readonly revision: number }[];
  /** The override that it uses up. */
  readonly overrideId: string | null;
  /** What is deployed in the cell afterwards. */
  readonly current: { readonly deploymentId: string; readonly deployedAt: Date } | null;
  readonly deployments: readonly Deployment[];
  readonly checks: readonly PlannedCheck[];
  readonly events: readonly PlannedEvent[];
  readonly audits: readonly PlannedAudit[];
}
