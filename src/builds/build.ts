import type { Status } from '../deployments/normalize-status.js';

/** What events say about a build, apart from its status and its times. */
export interface BuildDetails {
  readonly sourceSystem: string | null;
  readonly buildNumber: string | null;
  readonly buildUrl: string | null;
  readonly invokeId: string | null;
  readonly scmSha: string | null;
  readonly scmBranch: string | null;
  readonly scmRepository: string | null;
  readonly builtBy: string | null;
  readonly builtByEmail: string | null;
  readonly builtByName: string | null;
  readonly errorMessage: string | null;
  readonly errorCode: string | null;
}

/** The fold of a build's events. Times by the database's clock, but for what a client reported. */
export interface Build extends BuildDetails {
  readonly id: string;
  readonly productId: string;
  readonly versionId: string;
  readonly status: Status;
  /** As reported by the client, never later than the receipt; null where no start was reported. */
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
  readonly extraMetadata: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
