import { nameKey } from '../../catalog/name-key.js';
import { toWireSeconds } from '../../common/wire-time.js';
import { block, pass } from '../verdict.js';
import type { ApprovalFact, ApprovalType, Attempt, Check, PreflightFacts } from './check.js';
import { inWords } from './in-words.js';
import { type NamedPlace, placeOf } from './place-of.js';
import type { VersionApprovalConfig } from './version-approval.config.js';

/**
 * Blocks until the version has been approved in every required respect, and while somebody rejects it in one. With a
 * prerequisite environment it must have been approved for that one, after it first completed there. Who may decide about
 * what is judged when they decide.
 */
export const versionApprovalCheck: Check<VersionApprovalConfig> = {
  needs: ({ prerequisiteEnvironment }) => ({
    approvals: true,
    elsewhere: prerequisiteEnvironment === null ? [] : [nameKey(prerequisiteEnvironment)],
  }),

  evaluate({ requiredApprovalTypes, prerequisiteEnvironment }, attempt, facts) {
    const prerequisite = prerequisiteEnvironment === null ? null : placeOf(facts, prerequisiteEnvironment);
    const required = facts.approvals.filter(({ type }) => type !== null && requiredApprovalTypes.includes(type));
    const rejections = required.filter((one) => isRejection(one, facts, prerequisite));
    const given = required.filter((one) => one.decision === 'approved' && counts(one, facts, prerequisite));
    const missing = requiredApprovalTypes.filter(
      (type) => rejections.some((one) => one.type === type) || !given.some((one) => one.type === type),
    );
    if (missing.length === 0) return pass();

    return block('QUALITY_APPROVAL_REQUIRED', {
      message: toMessage(attempt, missing, prerequisite, rejections),
      details: {
        required_approval_types: requiredApprovalTypes,
        missing_approval_types: missing,
        ...(prerequisite === null ? {} : { prerequisite_environment: prerequisite.environmentName }),
        ...(rejections.length === 0 ? {} : { rejections: rejections.map(toRejection) }),
      },
    });
  },
};

/** One that was given for every environment does not say that the version was looked at in the prerequisite one. */
function counts({ environmentId, at }: ApprovalFact, facts: PreflightFacts, prerequisite: NamedPlace | null): boolean {
  if (prerequisite === null) return environmentId === null || environmentId === facts.environmentId;
  return (
    environmentId !== null &&
    environmentId === prerequisite.environmentId &&
    prerequisite.firstAt !== null &&
    at >= prerequisite.firstAt
  );
}

/** Who rejects a version for every environment, for this one or for the prerequisite one does not want it here. */
function isRejection(
  { decision, environmentId }: ApprovalFact,
  facts: PreflightFacts,
  prerequisite: NamedPlace | null,
): boolean {
  const about = [null, facts.environmentId, prerequisite?.environmentId ?? null];
  return decision === 'rejected' && about.includes(environmentId);
}

function toRejection({ userName, userId, at, type }: ApprovalFact): Record<string, unknown> {
  return { rejected_by: userName, user_id: userId, rejected_at: toWireSeconds(at), approval_type: type };
}

function toMessage(
  { version, environmentName }: Attempt,
  missing: readonly ApprovalType[],
  prerequisite: NamedPlace | null,
  rejections: readonly ApprovalFact[],
): string {
  const where = prerequisite === null ? '' : `, given for ${prerequisite.environmentName} after it completed there`;
  return [
    `${environmentName} deployment requires ${inWords(missing, 'and')} approval of version ${version}${where}`,
    ...(prerequisite?.firstAt === null
      ? [`It has not completed in ${prerequisite.environmentName} yet: deploy it there first`]
      : []),
    ...rejections.map(
      ({ type, userName }) => `${userName} rejected ${type}: that blocks until they or an admin withdraw it`,
    ),
  ].join('. ');
}
