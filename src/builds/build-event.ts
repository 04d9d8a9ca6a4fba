import type { Status } from '../deployments/normalize-status.js';
import type { BuildDetails } from './build.js';

/** What a pipeline reported of a build, checked and normalised; nothing here is decided yet. */
export interface BuildEvent extends BuildDetails {
  readonly productName: string;
  readonly version: string;
  readonly status: Status;
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
  readonly extraMetadata: Readonly<Record<string, unknown>>;
  /** `extra_metadata.vi_gh_run_attempt`: a re-run of a workflow keeps its `invoke_id` and raises this. */
  readonly runAttempt: string | null;
  /** The body as it came. */
  readonly payload: Readonly<Record<string, unknown>>;
}
