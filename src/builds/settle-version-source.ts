import { sameSha } from '../catalog/same-sha.js';
import type { Build } from './build.js';
import type { BuildEvent } from './build-event.js';
import type { VersionSource } from './version-facts.js';

/** A build of a version that is fixed to another commit. */
export interface Contradiction {
  readonly existingSha: string;
  readonly submittedSha: string;
}

interface Reported {
  readonly event: Pick<BuildEvent, 'status' | keyof Sources>;
  /** The build with this event in it. */
  readonly build: Sources;
  /** A `pending` that comes after what it announced. */
  readonly late: boolean;
  readonly now: Date;
}

type Sources = Pick<Build, 'scmSha' | 'scmBranch' | 'scmRepository'>;

export const unknownSource: VersionSource = { scmSha: null, shaFixedAt: null, scmBranch: null, scmRepository: null };

/**
 * Where a version is built from after one more build event, or the contradiction that forbids it. Until a completed
 * build fixes the SHA, later values replace earlier ones; from then on another SHA contradicts and gaps alone are
 * filled. A completed build speaks with what all its events said. Of two spellings of one commit the longer is kept.
 * Source: the product description, "SHAs".
 */
export function settleVersionSource(
  before: VersionSource,
  { event, build, late, now }: Reported,
): VersionSource | Contradiction {
  const reported = event.status === 'completed' ? build : event;
  const fixed = before.shaFixedAt !== null;
  if (fixed && before.scmSha !== null && reported.scmSha !== null && !sameSha(before.scmSha, reported.scmSha)) {
    return { existingSha: before.scmSha, submittedSha: reported.scmSha };
  }
  const later = (old: string | null, value: string | null) => (fixed || late ? (old ?? value) : (value ?? old));
  return {
    scmSha: isSame(before.scmSha, reported.scmSha)
      ? longer(before.scmSha!, reported.scmSha!)
      : later(before.scmSha, reported.scmSha),
    shaFixedAt: before.shaFixedAt ?? (event.status === 'completed' && build.scmSha !== null ? now : null),
    scmBranch: later(before.scmBranch, reported.scmBranch),
    scmRepository: later(before.scmRepository, reported.scmRepository),
  };
}

export function isContradiction(settled: VersionSource | Contradiction): settled is Contradiction {
  return 'existingSha' in settled;
}

function isSame(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && sameSha(a, b);
}

function longer(first: string, second: string): string {
  return second.length > first.length ? second : first;
}
