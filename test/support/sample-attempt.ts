import { nameKey } from '../../src/catalog/name-key.js';
import type { ApprovalFact, Attempt, Completions, Holder, PreflightFacts } from '../../src/preflight/checks/check.js';
import type { RuleConfigs, RuleType } from '../../src/preflight/checks/index.js';
import type { Rule } from '../../src/preflight/rule.js';

/** The instant at which an attempt is judged, unless told otherwise. */
export const checkedAt = new Date('2026-03-02T14:00:00.000Z');

/** A moment so many minutes, and so many milliseconds, before the attempt is judged. */
export function before(minutes: number, milliseconds = 0): Date {
  return new Date(checkedAt.getTime() - minutes * 60_000 - milliseconds);
}

export function sampleAttempt(attempt: Partial<Attempt> = {}): Attempt {
  return { productName: 'my-service', version: '2.0.0', environmentName: 'production', ...attempt };
}

/** Nothing has ever happened, nothing is in progress, nobody has decided anything. */
export function samplePreflightFacts(facts: Partial<PreflightFacts> = {}): PreflightFacts {
  return {
    now: checkedAt,
    environmentId: 'id of production',
    holders: { product_environment: [], environment: [] },
    here: sampleCompletions('production'),
    elsewhere: {},
    lastCompletedAt: null,
    p95Ms: null,
    approvals: [],
    unidentified: [],
    ...facts,
  };
}

/** Where a version never was, unless told otherwise; where it was, it is deployed still, and completed there once. */
export function sampleCompletions(environmentName: string, completions: Partial<Completions> = {}): Completions {
  const at = completions.firstAt ?? completions.lastAt ?? null;
  return { environmentName, firstAt: at, lastAt: at, isDeployed: at !== null, ...completions };
}

type Elsewhere = PreflightFacts['elsewhere'];

/** Of environments by their names; an id of null: it does not exist yet. */
export function sampleElsewhere(places: Readonly<Record<string, Partial<Elsewhere[string]>>>): Elsewhere {
  return Object.fromEntries(
    Object.entries(places).map(([name, place]) => [
      nameKey(name),
      { environmentId: `id of ${nameKey(name)}`, ...place, ...sampleCompletions(name, place) },
    ]),
  );
}

/** A deployment in progress that was never heard of again after its start, and is never given up. */
export function sampleHolder(holder: Partial<Holder> = {}): Holder {
  return {
    deploymentId: 'holder',
    productName: 'my-service',
    version: '1.0.0',
    startedAt: before(10),
    deployedBy: null,
    staleAt: null,
    ...holder,
  };
}

/** An approval by a team lead, an hour ago, for every environment; `userId` tells people apart. */
export function sampleApproval(userId: string, approval: Partial<ApprovalFact> = {}): ApprovalFact {
  return {
    id: `approval of ${userId}`,
    userId,
    userName: userId,
    decision: 'approved',
    type: null,
    environmentId: null,
    roles: ['developer', 'team-lead'],
    at: before(60),
    isOwn: false,
    ...approval,
  };
}

/** An enabled rule, named after its type unless told otherwise. */
export function sampleRule<Type extends RuleType>(
  type: Type,
  config: RuleConfigs[Type],
  rule: Partial<Omit<Rule, 'type' | 'config'>> = {},
): Rule & { type: Type } {
  const name = rule.name ?? `my ${type}`;
  return {
    id: `id of ${name}`,
    revision: 1,
    name,
    message: null,
    type,
    status: 'enabled',
    config,
    ...rule,
  } as Rule & { type: Type };
}
