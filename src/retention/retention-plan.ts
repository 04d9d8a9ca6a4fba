const dayMs = 86_400_000;

/** What an account has set: days, or null for ever. */
export interface RetentionSettings {
  readonly eventsDays: number | null;
  readonly checksDays: number | null;
  readonly auditDays: number | null;
}

/** What is older than these instants goes; null: nothing does. */
export interface CutOffs {
  readonly eventsBefore: Date | null;
  readonly checksBefore: Date | null;
  readonly auditBefore: Date | null;
}

/** The parts of a run, in their order. */
export const retentionSteps = ['deployment_events', 'build_events', 'preflight_checks', 'audit_log'] as const;
export type RetentionStep = (typeof retentionSteps)[number];

/** A day is 24 hours: what is exactly so many days old is still kept. */
export function cutOffsAt(now: Date, { eventsDays, checksDays, auditDays }: RetentionSettings): CutOffs {
  const before = (days: number | null) => (days === null ? null : new Date(now.getTime() - days * dayMs));
  return { eventsBefore: before(eventsDays), checksBefore: before(checksDays), auditBefore: before(auditDays) };
}

/**
 * The cut-offs of a run that is under way, by what is set now: somebody who has set it by mistake and takes it back stops
 * it, and what was set later to keep less waits for the next run.
 */
export function stricter(run: CutOffs, set: CutOffs): CutOffs {
  const earlier = (a: Date | null, b: Date | null) => (a === null || b === null ? null : a < b ? a : b);
  return {
    eventsBefore: earlier(run.eventsBefore, set.eventsBefore),
    checksBefore: earlier(run.checksBefore, set.checksBefore),
    auditBefore: earlier(run.auditBefore, set.auditBefore),
  };
}

/** Which instant a step goes by; null: it has nothing to do. */
export function cutOffOf(step: RetentionStep, { eventsBefore, checksBefore, auditBefore }: CutOffs): Date | null {
  const cutOffs: Record<RetentionStep, Date | null> = {
    deployment_events: eventsBefore,
    build_events: eventsBefore,
    preflight_checks: checksBefore,
    audit_log: auditBefore,
  };
  return cutOffs[step];
}

/** The step behind this one; null: it was the last. */
export function stepAfter(step: RetentionStep): RetentionStep | null {
  return retentionSteps[retentionSteps.indexOf(step) + 1] ?? null;
}
