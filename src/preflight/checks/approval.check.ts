import { nameKey } from '../../catalog/name-key.js';
import { toWireSeconds } from '../../common/wire-time.js';
import { block, pass } from '../verdict.js';
import type { ApprovalFact, Attempt, Check, PreflightFacts } from './check.js';
import type { ApprovalConfig } from './approval.config.js';
import { inWords } from './in-words.js';

/** A decision of somebody who holds one of the rule's roles, and which. */
interface Decision extends ApprovalFact {
  readonly role: string;
}

/**
 * Blocks until enough different people who hold one of the roles have approved the version, and while one of them rejects
 * it. What has expired does not count, nor, unless the rule allows it, what somebody says of their own work.
 */
export const approvalCheck: Check<ApprovalConfig> = {
  needs: () => ({ approvals: true }),

  evaluate(config, attempt, facts) {
    const decisions = decisionsInScope(config, facts);
    const rejections = decisions.filter(({ decision }) => decision === 'rejected');
    // Approvals of a type are asked for by rules of type version_approval.
    const approvals = decisions.filter(({ decision, type }) => decision === 'approved' && type === null);
    const counting = onePerPerson(approvals.filter((one) => !isExpired(config, one, facts.now) && !isOwn(config, one)));
    const doubts = config.allowSelfApproval ? [] : doubtsAbout(attempt, facts.unidentified);
    const isInDoubt = config.unidentified === 'block' && doubts.length > 0;
    const warnings = isInDoubt ? [] : doubts;
    if (counting.length >= config.requiredApprovals && rejections.length === 0 && !isInDoubt) return pass(...warnings);

    const found = {
      message: [
        ...rejectionWords(attempt, rejections),
        ...(isInDoubt ? doubts : []),
        ...missingWords(config, attempt, counting.length),
        ...uncountedWords(config, approvals, counting, facts.now),
      ].join('. '),
      details: {
        required_approvals: config.requiredApprovals,
        current_approvals: counting.length,
        approver_roles: config.approverRoles,
        approvals: counting.map(({ userName, userId, at, role }) => ({
          approved_by: userName,
          user_id: userId,
          approved_at: toWireSeconds(at),
          role,
        })),
        ...(rejections.length === 0 ? {} : { rejections: rejections.map(toRejection) }),
        ...(isInDoubt ? { unidentified: facts.unidentified } : {}),
      },
    };
    return block('APPROVAL_REQUIRED', found, ...warnings);
  },
};

/**
 * Of the holders of one of the roles, about this environment or, where that is enough, about every one; oldest first. Who
 * rejects a version everywhere rejects it here.
 */
function decisionsInScope({ approverRoles, per }: ApprovalConfig, facts: PreflightFacts): Decision[] {
  return facts.approvals
    .filter(({ environmentId, decision }) =>
      environmentId === null ? per === 'version' || decision === 'rejected' : environmentId === facts.environmentId,
    )
    .flatMap((fact) => {
      const held = new Set(fact.roles.map(nameKey));
      const role = approverRoles.find((one) => held.has(nameKey(one)));
      return role === undefined ? [] : [{ ...fact, role }];
    })
    .toSorted((a, b) => a.at.getTime() - b.at.getTime());
}

/** The boundary instant is over. */
function isExpired({ validForHours }: ApprovalConfig, { at }: Decision, now: Date): boolean {
  return validForHours !== null && now.getTime() >= at.getTime() + validForHours * 3_600_000;
}

function isOwn({ allowSelfApproval }: ApprovalConfig, { isOwn }: Decision): boolean {
  return isOwn && !allowSelfApproval;
}

/** The latest decision of each. */
function onePerPerson(decisions: readonly Decision[]): Decision[] {
  return decisions.filter(({ userId }, index) => decisions.findLastIndex((one) => one.userId === userId) === index);
}

function toRejection({ userName, userId, at, role, type }: Decision): Record<string, unknown> {
  return {
    rejected_by: userName,
    user_id: userId,
    rejected_at: toWireSeconds(at),
    role,
    approval_type: type,
  };
}

function namesOf(decisions: readonly Decision[]): string {
  const names = new Map(decisions.map(({ userId, userName }) => [userId, userName]));
  return inWords([...names.values()], 'and');
}

function rejectionWords({ version, environmentName }: Attempt, rejections: readonly Decision[]): string[] {
  if (rejections.length === 0) return [];
  const withdrawn = 'once they or an admin withdraw that';
  return [`Version ${version} was rejected by ${namesOf(rejections)}: it may start in ${environmentName} ${withdrawn}`];
}

/** Why nobody can tell whether somebody approved their own work, and what to do. */
function doubtsAbout({ version }: Attempt, unidentified: PreflightFacts['unidentified']): string[] {
  const doubts = {
    build: `It is unknown who triggered a build of version ${version}, so its approvals may be self-approvals: send built_by with build events`,
    deployment: `It is unknown who triggers this deployment, so the approvals of version ${version} may be self-approvals: send deployed_by with deployment events`,
  };
  return unidentified.map((event) => doubts[event]);
}

function missingWords(
  { requiredApprovals, approverRoles }: ApprovalConfig,
  { environmentName }: Attempt,
  current: number,
): string[] {
  if (current >= requiredApprovals) return [];
  const soFar = current === 0 ? '' : `; ${current} ${current === 1 ? 'has' : 'have'} approved so far`;
  return [
    `${environmentName} deployment requires approval from ${requiredApprovals} ${inWords(approverRoles, 'or')}${soFar}`,
  ];
}

/** People who wonder why their approval is not enough. */
function uncountedWords(
  config: ApprovalConfig,
  approvals: readonly Decision[],
  counting: readonly Decision[],
  now: Date,
): string[] {
  if (counting.length >= config.requiredApprovals) return [];
  const uncounted = approvals.filter(({ userId }) => !counting.some((one) => one.userId === userId));
  const own = uncounted.filter((one) => isOwn(config, one));
  const expired = uncounted.filter((one) => !isOwn(config, one) && isExpired(config, one, now));
  return [
    ...(expired.length === 0
      ? []
      : [
          `The approval of ${namesOf(expired)} has expired (valid for ${config.validForHours} h): they may approve again`,
        ]),
    ...(own.length === 0 ? [] : [`The approval of ${namesOf(own)} does not count: they triggered what they approved`]),
  ];
}
