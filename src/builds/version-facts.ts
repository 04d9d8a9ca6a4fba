import type { MaybeArchived } from '../catalog/restore-archived.sql.js';
import type { Build } from './build.js';

/** Where a version was built from, as build events have told. */
export interface VersionSource {
  readonly scmSha: string | null;
  /** When a completed build fixed the SHA; null: it may still change. */
  readonly shaFixedAt: Date | null;
  readonly scmBranch: string | null;
  readonly scmRepository: string | null;
}

/**
 * Everything that is known about one build event's product and version at one instant, read in one round trip.
 * `version.revision` guards it: what is decided from these facts is written only if the version has not moved since.
 */
export interface VersionFacts {
  /** The database's time, or the moment that a test has frozen. */
  readonly now: Date;
  readonly catalogClosed: boolean;
  readonly product: MaybeArchived | null;
  readonly version:
    (VersionSource & { readonly id: string; readonly revision: number; readonly updatedAt: Date }) | null;
  /** Pending and started ones of this version, newest first. */
  readonly open: readonly Build[];
  /** What an identical event within ten minutes led to. */
  readonly repeatOf: Build | null;
  /** The SHA that event named; the build may have learned another one since. */
  readonly repeatedSha: string | null;
  /** The build of the same run and attempt within ten minutes, for a `pending` that comes late. */
  readonly sameRun: Build | null;
}
