import type { Status } from './normalize-status.js';

export type PreflightStatus = 'passed' | 'skipped' | 'overridden' | 'failed';

/** Why the service itself ended a deployment: a new attempt took its place, it was silent too long, somebody asked. */
export type EndReason = 'superseded' | 'stale' | 'aborted';

/** What events say about a deployment, apart from its status and its times. */
export interface DeploymentDetails {
  readonly sourceSystem: string | null;
  readonly buildNumber: string | null;
  readonly buildUrl: string | null;
  readonly deployUrl: string | null;
  readonly invokeId: string | null;
  readonly scmSha: string | null;
  readonly scmBranch: string | null;
  readonly scmRepository: string | null;
  readonly deployedBy: string | null;
  readonly deployedByEmail: string | null;
  readonly deployedByName: string | null;
}

/** The fold of a deployment's events. Times by the database's clock, but for what a client reported. */
export interface Deployment extends DeploymentDetails {
  readonly id: string;
  readonly productId: string;
  readonly versionId: string;
  readonly environmentId: string;
  readonly status: Status;
  readonly endReason: EndReason | null;
  readonly preflightStatus: PreflightStatus | null;
  /** As reported by the client, never later than the receipt. */
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
  /** Receipt of the start: null for an end without a start. */
  readonly startReceivedAt: Date | null;
  readonly lastEventAt: Date;
  /** Set for completed deployments alone: the moment from which they count. */
  readonly effectiveCompletedAt: Date | null;
  readonly extraMetadata: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
