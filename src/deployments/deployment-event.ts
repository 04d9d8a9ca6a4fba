import type { DeploymentDetails } from './deployment.js';
import type { Status } from './normalize-status.js';

/** What a pipeline reported, checked and normalised; nothing here is decided yet. */
export interface DeploymentEvent extends DeploymentDetails {
  readonly productName: string;
  readonly version: string;
  readonly environmentName: string;
  readonly status: Status;
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
  readonly extraMetadata: Readonly<Record<string, unknown>>;
  readonly skipPreflightChecks: boolean;
  /** `extra_metadata.vi_gh_run_attempt`: a re-run of a workflow keeps its `invoke_id` and raises this. */
  readonly runAttempt: string | null;
  /** The body as it came. */
  readonly payload: Readonly<Record<string, unknown>>;
}
