import { type EnvironmentType, inferEnvironmentType } from '../catalog/infer-environment-type.js';
import { nameKey } from '../catalog/name-key.js';
import { type Rule, type UnreadableRule, withBuiltIn } from './rule.js';

/** A rule and where it applies. */
export interface ScopedRule {
  readonly rule: Rule | UnreadableRule;
  readonly scope: Scope;
}

/** Empty: everywhere. Names by `nameKey`: every name, former ones too, that the things of the scope have. */
export interface Scope {
  readonly productKeys: readonly string[];
  readonly environmentKeys: readonly string[];
  readonly environmentTypes: readonly string[];
}

/** Where somebody wants to deploy: names as an event has them. `type` null: as far as is known without asking. */
export interface Place {
  readonly productName: string;
  readonly environmentName: string;
  readonly environmentType: EnvironmentType | null;
}

/** Places for which the applicable rules are remembered. */
const capacity = 10_000;

/** All rules of an account, as they stood at one revision. */
export class Policy {
  private readonly remembered = new Map<string, readonly (Rule | UnreadableRule)[]>();
  private readonly asksTypes: boolean;

  /** @param types of the environments, by every name of theirs; empty where no scope asks for one */
  constructor(
    readonly revision: number,
    readonly rules: readonly ScopedRule[],
    private readonly types: ReadonlyMap<string, EnvironmentType>,
  ) {
    this.asksTypes = rules.some(({ scope }) => scope.environmentTypes.length > 0);
  }

  /** The rules that apply there, what is built in first, in the order of their creation. */
  rulesFor({ productName, environmentName, environmentType }: Place): readonly (Rule | UnreadableRule)[] {
    const [product, environment] = [nameKey(productName), nameKey(environmentName)];
    const type = this.asksTypes
      ? (environmentType ?? this.types.get(environment) ?? inferEnvironmentType(environmentName))
      : 'any';
    const place = `${type}\n${product}\n${environment}`;
    const known = this.remembered.get(place);
    if (known !== undefined) return known;
    const applicable = withBuiltIn(
      this.rules.filter(({ scope }) => applies(scope, product, environment, type)).map(({ rule }) => rule),
    );
    if (this.remembered.size >= capacity) this.remembered.clear();
    this.remembered.set(place, applicable);
    return applicable;
  }
}

/** The policy of an account that nothing is known of yet. */
export const unknownPolicy = new Policy(-1, [], new Map());

/** A rule applies when every non-empty list matches. */
export function applies(
  { productKeys, environmentKeys, environmentTypes }: Scope,
  productKey: string,
  environmentKey: string,
  environmentType: string,
): boolean {
  return (
    matches(productKeys, productKey) &&
    matches(environmentKeys, environmentKey) &&
    matches(environmentTypes, environmentType)
  );
}

function matches(list: readonly string[], value: string): boolean {
  return list.length === 0 || list.includes(value);
}
