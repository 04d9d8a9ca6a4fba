import { Injectable } from '@nestjs/common';
import { nameKey } from '../catalog/name-key.js';
import { type Fault, InvalidError } from '../common/errors/invalid.error.js';
import type { FlowConfig } from '../preflight/checks/flow.config.js';
import { readFlowConfig } from '../preflight/checks/flow.config.js';
import { type CircleStep, findClosedCircle, hasCircle, type ScopedFlow } from './find-closed-circle.js';
import type { RuleDefinition } from './rule.mapper.js';
import { toRuleKeys } from './rule.mapper.js';
import { RulesRepository, type Transaction } from './rules.repository.js';
import { type Named, type NamedThing, ScopeNamesRepository } from './scope-names.repository.js';

/** One flow, as its rule says it. */
interface Flow {
  /** Null: it is not stored yet. */
  readonly id: string | null;
  readonly name: string;
  readonly productKeys: readonly string[];
  readonly config: FlowConfig;
}

/** Flows with one key for one thing, and what the keys of environments are called in them. */
interface Resolved {
  readonly flows: readonly ScopedFlow[];
  readonly calls: ReadonlyMap<string, string>;
}

const self = 'this rule';

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
    const others = await this.evaluated(tx, accountId, exceptId);
    if (others.length === 0) return;

    const flow: Flow = { id: null, name: self, productKeys: toRuleKeys(rule).productKeys, config };
    const { flows, calls } = await this.resolve(tx, accountId, [flow, ...others]);
    const circle = findClosedCircle(flows[0]!, flows.slice(1));
    if (circle !== null) throw new InvalidError([{ loc: ['body', 'config'], ...circleWords(circle, calls) }]);
  }

  /**
   * Judges rules that were written together, as they stand now: what counts is what they come to, not in which order.
   *
   * @param ids of rules that were created or changed
   * @returns what is wrong with each of those that close a circle, in the order of `ids`
   */
  async closedBy(tx: Transaction, accountId: string, ids: readonly string[]): Promise<ReadonlyMap<string, Words>> {
    const stored = ids.length === 0 ? [] : await this.evaluated(tx, accountId, null);
    const { flows, calls } = await this.resolve(tx, accountId, stored);
    const found = new Map<string, Words>();
    if (!hasCircle(flows)) return found;

    const sound = flows.filter((_, i) => !ids.includes(stored[i]!.id!));
    for (const id of ids) {
      const flow = flows[stored.findIndex((one) => one.id === id)];
      if (flow === undefined) continue;
      const circle = findClosedCircle({ ...flow, name: self }, sound);
      if (circle === null) sound.push(flow);
      else found.set(id, circleWords(circle, calls));
    }
    return found;
  }

  private async evaluated(tx: Transaction, accountId: string, exceptId: string | null): Promise<Flow[]> {
    const stored = await this.rules.evaluatedFlows(tx, accountId, exceptId);
    return stored.flatMap(({ id, name, productKeys, config: json }): Flow[] => {
      const config = configOf(json);
      return config === null ? [] : [{ id, name, productKeys, config }];
    });
  }

  private async resolve(tx: Transaction, accountId: string, flows: readonly Flow[]): Promise<Resolved> {
    const places = flows.flatMap(placesOf);
    const environments = await this.names.environments(accountId, [...new Set(places.map(nameKey))], tx);
    const productKeys = new Set(flows.flatMap((flow) => flow.productKeys));
    const products = await this.names.products(accountId, [...productKeys], tx);
    return {
      flows: flows.map((flow) => toScopedFlow(flow, environments, products)),
      calls: new Map(places.map((name) => [keyOf(environments, name), name])),
    };
  }
}

/** In the words of a 422. */
type Words = Pick<Fault, 'msg' | 'type'>;

function circleWords(circle: readonly CircleStep[], calls: ReadonlyMap<string, string>): Words {
  const steps = circle.map(
    ({ target, required, rule }) => `${calls.get(target)} requires ${calls.get(required)} (${rule})`,
  );
  const msg = `closes a circle in which nothing could ever start: ${steps.join(', ')}`;
  return { msg, type: 'value_error.flow.circle' };
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
