import type { PlannedAudit } from '../audit/batch-audit.js';
import type { PlannedRestore } from '../catalog/restore-archived.sql.js';
import type { Build } from './build.js';
import type { VersionSource } from './version-facts.js';

export interface PlannedBuildEvent {
  readonly id: string;
  readonly buildId: string;
  readonly status: string;
  readonly invokeId: string | null;
  readonly buildNumber: string | null;
  readonly runAttempt: string | null;
  /** What the service does of itself has no credential. */
  readonly byClient: boolean;
  readonly payload: unknown;
}

/** Everything that one build event changes, to be written in one statement, if nothing has moved since the facts were read. */
export interface BuildEventPlan {
  readonly now: Date;
  readonly productId: string;
  /** Set where this event names its product for the first time. */
  readonly newProduct: { readonly name: string; readonly key: string } | null;
  /** What it brings back of what it names. */
  readonly restores: readonly PlannedRestore[];
  /** The version as it is afterwards. */
  readonly version: VersionSource & {
    readonly id: string;
    /** Whether this event names it for the first time. */
    readonly isNew: boolean;
    readonly version: string;
    /** Whether `scmSha` names another commit than before, or the first one: a longer spelling of the same is no other. */
    readonly isOtherCommit: boolean;
    readonly updatedAt: Date;
    /** The revision under which this was decided; 0 for a new version. */
    readonly revision: number;
  };
  readonly builds: readonly Build[];
  readonly events: readonly PlannedBuildEvent[];
  readonly audits: readonly PlannedAudit[];
}
