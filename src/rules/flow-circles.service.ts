import { Injectable } from '@nestjs/common';
import { nameKey } from '../catalog/name-key.js';
import { type Fault, InvalidError } from '../common/errors/invalid.error.js';
import type { FlowConfig } from '../preflight/checks/flow.config.js';
import { readFlowConfig } from '../preflight/checks/flow.config.js';
import { findClosedCircle, type ScopedFlow } from './find-closed-circle.js';
import type { RuleDefinition } from './rule.mapper.js';
import { toRuleKeys } from './rule.mapper.js';
import { RulesRepository, type Transaction } from './rules.repository.js';
import { type Named, type NamedThing, ScopeNamesRepository } from './scope-names.repository.js';

/** One flow, as its rule says it. */
interface Flow {
  readonly name: string;
  readonly productKeys: readonly string[];
  readonly config: FlowConfig;
}

/** Keeps flows from going in a circle: nothing could ever start there. */
@Injectable()
export class FlowCircles {
  constructor(
    private readonly rules: RulesRepository,
    private readonly names: ScopeNamesRepository,
  ) {}

  /**
   * Called with the rules of the account locked, so that of two flows that close a circle together the second is refused.
   *
   * @param exceptId the rule itself, where it was there before
   * @throws InvalidError for a flow that closes a circle with those that are enabled or only report
   */
  async refuse(tx: Transaction, accountId: string, rule: RuleDefinition, exceptId: string | null): Promise<void> {
    const config = rule.type === 'flow' && rule.status !== 'disabled' ? configOf(rule.config) : null;
    if (config === null) return;
    const stored = await this.rules.evaluatedFlows(tx, accountId, exceptId);
    const others = stored.flatMap(({ name, productKeys, config: json }): Flow[] => {
      const other = configOf(json);
      return other === null ? [] : [{ name, productKeys, config: other }];
    });
    if (others.length === 0) return;

    const flow: Flow = { name: 'this rule', productKeys: toRuleKeys(rule).productKeys, config };
    const all = [flow, ...others];
    const environments = await this.names.environments(accountId, all.flatMap(placesOf).map(nameKey), tx);
    const products = await this.names.products(
      accountId,
      all.flatMap(({ productKeys }) => productKeys),
      tx,
    );
    const scoped = all.map((one) => toScopedFlow(one, environments, products));
    const circle = findClosedCircle(scoped[0]!, scoped.slice(1));
    if (circle === null) return;

    const calls = new Map(all.flatMap(placesOf).map((name) => [keyOf(environments, name), name]));
    const steps = circle.map(
      ({ target, required, rule }) => `${calls.get(target)} requires ${calls.get(required)} (${rule})`,
    );
    throw new InvalidError([circleFault(steps)]);
  }
}

function circleFault(steps: readonly string[]): Fault {
  const msg = `closes a circle in which nothing could ever start: ${steps.join(', ')}`;
  return { loc: ['body', 'config'], msg, type: 'value_error.flow.circle' };
}

/** Null for what this release cannot read: it leads nowhere. */
function configOf(json: unknown): FlowConfig | null {
  const reading = readFlowConfig(json, []);
  return 'config' in reading ? reading.config : null;
}

function placesOf({ config }: Flow): readonly string[] {
  return [config.targetEnvironment, ...config.requiredEnvironments];
}

/** One key for one thing, whichever of its names or its id it is called by. */
function keyOf(known: Named<NamedThing>, name: string): string {
  return known.get(nameKey(name))?.id ?? nameKey(name);
}

function toScopedFlow(
  { name, productKeys, config }: Flow,
  environments: Named<NamedThing>,
  products: Named<NamedThing>,
): ScopedFlow {
  return {
    name,
    products: productKeys.map((key) => keyOf(products, key)),
    target: keyOf(environments, config.targetEnvironment),
    required: config.requiredEnvironments.map((required) => keyOf(environments, required)),
  };
}
