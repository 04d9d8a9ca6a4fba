import type { EnvironmentType } from '../catalog/infer-environment-type.js';
import { toRule } from '../rules/to-rule.js';
import { Policy } from './policy.js';
import type { Rule, UnreadableRule } from './rule.js';

/** A policy as `policyJson` gives it. */
export interface PolicyJson {
  readonly rules: readonly {
    readonly id: string;
    readonly revision: number;
    readonly name: string;
    readonly message: string | null;
    readonly type: string;
    readonly status: string;
    readonly config: unknown;
    readonly product_keys: readonly string[];
    readonly environment_keys: readonly string[];
    readonly environment_types: readonly string[];
  }[];
  readonly environments: Readonly<Record<string, EnvironmentType>>;
}

/**
 * @param before the policy so far: a rule that has not changed since is taken from there, so that a change costs what
 * was changed. Nothing is ever asked of a disabled rule: what it says is not even read.
 */
export function readPolicy(revision: number, { rules, environments }: PolicyJson, before: Policy): Policy {
  const known = new Map(before.rules.map(({ rule }) => [rule.id, rule]));
  const scoped = rules.map((stored) => ({
    rule: ruleOf(stored, known.get(stored.id)),
    scope: {
      productKeys: stored.product_keys,
      environmentKeys: stored.environment_keys,
      environmentTypes: stored.environment_types,
    },
  }));
  return new Policy(revision, scoped, new Map(Object.entries(environments)));
}

function ruleOf(stored: PolicyJson['rules'][number], known: Rule | UnreadableRule | undefined): Rule | UnreadableRule {
  if (known?.revision === stored.revision) return known;
  const { id, revision, name, type, status } = stored;
  return status === 'disabled' ? { id, revision, name, type, status, unreadable: 'it is disabled' } : toRule(stored);
}
