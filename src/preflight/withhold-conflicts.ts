import type { Verdict, Violation } from './verdict.js';

/** The verdict without what tells of deployments that hold a slot, but for those that may be told of. The keys stay. */
export function withholdConflicts(verdict: Verdict, mayTell: (deploymentId: string) => boolean): Verdict {
  const told = (violation: Violation): Violation =>
    violation.code !== 'CONCURRENT_DEPLOYMENT' || mayTell(violation.details['conflicting_deployment_id'] as string)
      ? violation
      : { ...violation, details: { ...violation.details, ...withheld } };
  return { ...verdict, blocking: verdict.blocking && told(verdict.blocking), violations: verdict.violations.map(told) };
}

/** That there is one is why the attempt is blocked, so its status is told. */
const withheld = {
  conflicting_deployment_id: null,
  conflicting_deployment_started: null,
  conflicting_version: null,
  conflicting_product: null,
  conflicting_deployed_by: null,
};
