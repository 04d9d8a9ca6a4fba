import { approvalGivers, approvalTypesOf, mayApprove, type Role } from '../auth/permissions.js';
import { inferEnvironmentType } from '../catalog/infer-environment-type.js';
import { nameKey } from '../catalog/name-key.js';
import type { ApprovalConfig } from '../preflight/checks/approval.config.js';
import type { FlowConfig } from '../preflight/checks/flow.config.js';
import { inWords } from '../preflight/checks/in-words.js';
import type { VersionApprovalConfig } from '../preflight/checks/version-approval.config.js';
import { scheduleWarnings } from '../preflight/windows/schedule-warnings.js';
import { isUnreadable, type Rule, type UnreadableRule } from '../preflight/rule.js';
import type { RuleDefinition } from './rule.mapper.js';
import { type EnforcedSchedule, shutTogether } from './schedules-together.js';
import type { Named, NamedEnvironment, NamedThing } from './scope-names.repository.js';

/** So many people who can call have this role and these approver roles. */
export interface Approvers {
  readonly role: Role;
  readonly approverRoles: readonly string[];
  readonly count: number;
}

/** What is known of what a rule refers to. */
export interface RuleSurroundings {
  readonly now: Date;
  readonly products: Named<NamedThing>;
  readonly environments: Named<NamedEnvironment>;
  readonly people: readonly Approvers[];
  /** The other schedules that are enforced, where it is one itself. */
  readonly schedules: readonly EnforcedSchedule[];
}

/**
 * What can be evaluated but looks like a mistake: what never applies, can never be met, or is not known yet. Texts for a
 * person, each with what to do.
 *
 * @param rule the same as the engine reads it
 */
export function ruleWarnings(
  definition: RuleDefinition,
  rule: Rule | UnreadableRule,
  surroundings: RuleSurroundings,
): readonly string[] {
  if (isUnreadable(rule)) {
    const effect = rule.status === 'enabled' ? 'where it applies, nothing can start: ' : '';
    return [`This release cannot read the rule (${rule.unreadable}); ${effect}write its config anew`];
  }
  return [...scopeWarnings(definition, rule, surroundings), ...configWarnings(definition, rule, surroundings)];
}

/** The environments in which a rule says by name that it applies. */
export function scopeOf(definition: RuleDefinition, rule: Rule | UnreadableRule): readonly string[] {
  return !isUnreadable(rule) && rule.type === 'flow' ? [rule.config.targetEnvironment] : definition.environments;
}

/** The environments that a rule names elsewhere than in its scope. */
export function requiredBy(rule: Rule | UnreadableRule): readonly string[] {
  if (isUnreadable(rule)) return [];
  if (rule.type === 'flow') return rule.config.requiredEnvironments;
  const place = rule.type === 'version_approval' ? rule.config.prerequisiteEnvironment : null;
  return place === null ? [] : [place];
}

function scopeWarnings(definition: RuleDefinition, rule: Rule, surroundings: RuleSurroundings): string[] {
  const { products, environments } = surroundings;
  const places = scopeOf(definition, rule);
  return [
    ...unknownWarnings('product', definition.products, products, 'the rule applies once there is one'),
    ...unknownWarnings('environment', places, environments, 'the rule applies once there is one'),
    ...typeWarnings(places, definition.environmentTypes, environments),
  ];
}

function unknownWarnings(kind: string, names: readonly string[], known: Named<NamedThing>, what: string): string[] {
  const unknown = names.filter((name) => !known.has(nameKey(name)));
  return unknown.length === 0 ? [] : [`There is no ${kind} ${inWords(unknown, 'or')} yet; ${what}`];
}

function typeWarnings(names: readonly string[], types: readonly string[], known: Named<NamedEnvironment>): string[] {
  if (names.length === 0 || types.length === 0) return [];
  const typed = names.map((name) => ({ name, type: known.get(nameKey(name))?.type ?? inferEnvironmentType(name) }));
  if (typed.some(({ type }) => types.includes(type))) return [];
  const each = typed.map(({ name, type }) => `${name} is of type ${type}`);
  return [`The rule never applies: ${inWords(each, 'and')}, and environment_types has only ${inWords(types, 'and')}`];
}

function configWarnings(definition: RuleDefinition, rule: Rule, surroundings: RuleSurroundings): readonly string[] {
  switch (rule.type) {
    case 'flow':
      return flowWarnings(rule.config, surroundings);
    case 'approval':
      return approvalWarnings(rule.config, surroundings);
    case 'version_approval':
      return versionApprovalWarnings(rule.config, surroundings);
    case 'schedule':
      return windowWarnings({ definition, config: rule.config }, surroundings);
    case 'cooldown':
    case 'concurrency':
      return [];
  }
}

function flowWarnings(config: FlowConfig, { environments }: RuleSurroundings): string[] {
  const effect = `until a version has completed there, it cannot start in ${config.targetEnvironment}`;
  return unknownWarnings('environment', config.requiredEnvironments, environments, effect);
}

function windowWarnings({ definition, config }: EnforcedSchedule, surroundings: RuleSurroundings): string[] {
  const { now, schedules } = surroundings;
  const shut = definition.status === 'enabled' ? shutTogether({ definition, config }, schedules, surroundings) : [];
  return [
    ...scheduleWarnings(config, now),
    ...shut.map(
      (name) =>
        `Together with the rule ${name}, nothing can start where both apply: no moment of the next 400 days is open in both`,
    ),
  ];
}

function approvalWarnings(
  { requiredApprovals, approverRoles }: ApprovalConfig,
  { people }: RuleSurroundings,
): string[] {
  const roles = inWords(approverRoles, 'or');
  const unheld = approverRoles.filter((role) => holdersOf([role], people) === 0);
  const held = holdersOf(approverRoles, people);
  return [
    ...unheld.map((role) => `Nobody who may approve holds the role ${role}: give it to somebody as an approver role`),
    ...(held > 0 && held < requiredApprovals
      ? [
          `${requiredApprovals} approvals are required, but only ${peopleInWords(held)} ${roles}: lower the number or give the role to more people`,
        ]
      : []),
  ];
}

function peopleInWords(count: number): string {
  return count === 1 ? '1 person who may approve holds' : `${count} people who may approve hold`;
}

function holdersOf(roles: readonly string[], people: readonly Approvers[]): number {
  const wanted = roles.map(nameKey);
  return people
    .filter(({ role, approverRoles }) => [role, ...approverRoles].some((held) => wanted.includes(nameKey(held))))
    .filter((approvers) => mayApprove(callerOf(approvers), null))
    .reduce((sum, { count }) => sum + count, 0);
}

function versionApprovalWarnings(
  { requiredApprovalTypes, prerequisiteEnvironment: place }: VersionApprovalConfig,
  { people, environments }: RuleSurroundings,
): string[] {
  const given = new Set(people.flatMap((approvers) => approvalTypesOf(callerOf(approvers))));
  const missing = requiredApprovalTypes.filter((type) => !given.has(type));
  const effect = 'until a version has completed there, nothing that is approved of it counts';
  return [
    ...missing.map(
      (type) => `Nobody may approve ${type}: that takes a person with the role ${inWords(approvalGivers[type], 'or')}`,
    ),
    ...unknownWarnings('environment', place === null ? [] : [place], environments, effect),
  ];
}

function callerOf({ role, approverRoles }: Approvers) {
  return { userKind: 'person', role, approverRoles, scopes: [] } as const;
}
