import { type Caller, mayApprove } from '../auth/permissions.js';
import { nameKey } from '../catalog/name-key.js';
import type { ApprovalType, Attempt, Finding } from '../preflight/checks/check.js';
import { checks } from '../preflight/checks/index.js';
import { placeOf } from '../preflight/checks/place-of.js';
import type { StandingDecision } from '../preflight/policy-facts.js';
import type { Rule } from '../preflight/rule.js';
import { type Known, toPreflightFacts } from '../preflight/to-preflight-facts.js';

/** Somebody who may be asked to approve. */
export interface Approver {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly logins: readonly string[];
  readonly rights: Caller;
}

/** A decision that would count. */
export interface AskedDecision {
  readonly type: ApprovalType | null;
  /** For which it must be given. */
  readonly environmentId: string;
  readonly environmentName: string;
}

/** A rule that is not met, and what somebody could do about it. */
export interface Help {
  readonly rule: Rule;
  readonly finding: Finding;
  /** One at least. */
  readonly decisions: readonly AskedDecision[];
}

/**
 * Which of the rules are not met now, and could be met, or be nearer to it, if this person approved the version: judged by
 * the rules' own checks, with and without that approval. Whoever has rejected it has answered.
 */
export function whatHelps(rules: readonly Rule[], attempt: Attempt, known: Known, by: Approver): Help[] {
  return rules.flatMap((rule) => {
    const finding = findingOf(rule, attempt, known);
    if (finding === null) return [];
    const decisions = decisionsAsked(rule, known).filter((asked) => {
      if (!mayApprove(by.rights, asked.type) || hasRejected(by, finding, asked.type)) return false;
      return lacks(findingOf(rule, attempt, withApproval(known, by, asked)), asked.type) < lacks(finding, asked.type);
    });
    return decisions.length === 0 ? [] : [{ rule, finding, decisions }];
  });
}

/** Whether a rule may ever ask this person: `whatHelps` finds nothing where it may not. */
export function mayHelp(rule: Rule, rights: Caller): boolean {
  if (rule.type === 'version_approval') {
    return rule.config.requiredApprovalTypes.some((type) => mayApprove(rights, type));
  }
  if (rule.type !== 'approval' || !mayApprove(rights, null)) return false;
  const held = rolesOf(rights).map(nameKey);
  return rule.config.approverRoles.some((role) => held.includes(nameKey(role)));
}

function rolesOf({ role, approverRoles }: Caller): string[] {
  return [...(role === null ? [] : [role]), ...approverRoles];
}

/** What stands in the way of this rule; null: nothing does, or it cannot be judged. */
function findingOf(rule: Rule, attempt: Attempt, known: Known): Finding | null {
  try {
    return checks[rule.type].evaluate(rule.config as never, attempt, toPreflightFacts(known), rule).findings[0] ?? null;
  } catch {
    return null;
  }
}

/** What a rule asks for, and for which environment it is best given: that counts however the rule counts. */
function decisionsAsked(rule: Rule, known: Known): AskedDecision[] {
  if (rule.type !== 'approval' && rule.type !== 'version_approval') return [];
  const prerequisite = rule.type === 'approval' ? null : rule.config.prerequisiteEnvironment;
  const { environmentId, environmentName } =
    prerequisite === null ? known : placeOf(toPreflightFacts(known), prerequisite);
  if (environmentId === null) return [];
  const types = rule.type === 'approval' ? [null] : rule.config.requiredApprovalTypes;
  return types.map((type) => ({ type, environmentId, environmentName }));
}

/** How many approvals of that type are missing. */
function lacks(finding: Finding | null, type: ApprovalType | null): number {
  if (finding === null) return 0;
  const { details } = finding;
  if (type !== null) return (details['missing_approval_types'] as readonly string[]).includes(type) ? 1 : 0;
  return Math.max(0, (details['required_approvals'] as number) - (details['current_approvals'] as number));
}

interface Rejection {
  readonly user_id: string;
  readonly approval_type: string | null;
}

function hasRejected({ id }: Approver, { details }: Finding, type: ApprovalType | null): boolean {
  const rejections = (details['rejections'] as readonly Rejection[] | undefined) ?? [];
  return rejections.some((one) => one.user_id === id && (type === null || one.approval_type === type));
}

/** The same, if they approved at this moment: in the place of their former decision in that matter. */
function withApproval(known: Known, by: Approver, { type, environmentId }: AskedDecision): Known {
  const { policy, versionSha, now } = known;
  const isFormer = (one: StandingDecision) =>
    one.userId === by.id && one.type === type && one.environmentId === environmentId;
  const approval: StandingDecision = {
    id: 'asked for',
    userId: by.id,
    userName: by.name,
    email: by.email,
    logins: by.logins,
    decision: 'approved',
    type,
    environmentId,
    roles: rolesOf(by.rights),
    scmSha: versionSha,
    at: now,
  };
  return {
    ...known,
    policy: { ...policy, decisions: [...policy.decisions.filter((one) => !isFormer(one)), approval] },
  };
}
