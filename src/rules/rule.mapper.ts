import { nameKey } from '../catalog/name-key.js';
import { toWireTime } from '../common/wire-time.js';
import { inDocumentedOrder } from './rule-configs.js';
import type {
  CreateRuleDto,
  ListedRuleDto,
  RuleDefinitionDto,
  RuleDto,
  RuleRevisionDto,
  UpdateRuleDto,
} from './rule.dto.js';

/** What somebody says of a rule. */
export interface RuleDefinition {
  readonly name: string;
  readonly description: string | null;
  readonly message: string | null;
  readonly type: string;
  readonly status: string;
  /** Names or ids, as they were written. */
  readonly products: readonly string[];
  readonly environments: readonly string[];
  readonly environmentTypes: readonly string[];
  /** As the wire has it, and as it was sent: nothing is filled in. */
  readonly config: unknown;
}

/** A rule as it stands. */
export interface RuleView extends RuleDefinition {
  readonly id: string;
  readonly revision: number;
  readonly createdBy: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A rule as it was from `validFrom` to `validTo`. */
export interface RuleRevisionView {
  readonly revision: number;
  readonly definition: unknown;
  readonly validFrom: Date;
  readonly validTo: Date | null;
  readonly changedBy: string | null;
}

/** The keys under which a rule is found: by its name, and by what its scope names. */
export interface RuleKeys {
  readonly nameKey: string;
  readonly productKeys: readonly string[];
  readonly environmentKeys: readonly string[];
}

/** What somebody sent, or what was kept of it as a revision. */
export function toRuleDefinition(rule: CreateRuleDto): RuleDefinition {
  return {
    name: rule.name,
    description: rule.description ?? null,
    message: rule.message ?? null,
    type: rule.type,
    status: rule.status,
    products: rule.products,
    environments: rule.environments,
    environmentTypes: rule.environment_types,
    config: rule.config,
  };
}

/** The rule with what was sent in place of what it was. */
export function withChanges(rule: RuleDefinition, changes: UpdateRuleDto): RuleDefinition {
  const { description, message } = changes;
  return {
    name: changes.name ?? rule.name,
    description: description === undefined ? rule.description : description,
    message: message === undefined ? rule.message : message,
    type: rule.type,
    status: changes.status ?? rule.status,
    products: changes.products ?? rule.products,
    environments: changes.environments ?? rule.environments,
    environmentTypes: changes.environment_types ?? rule.environmentTypes,
    config: changes.config ?? rule.config,
  };
}

/** A flow applies in its target. */
export function toRuleKeys({ name, type, products, environments, config }: RuleDefinition): RuleKeys {
  const { target_environment: target } = config as { readonly target_environment?: unknown };
  const places = type === 'flow' && typeof target === 'string' ? [target] : environments;
  return { nameKey: nameKey(name), productKeys: products.map(nameKey), environmentKeys: places.map(nameKey) };
}

export function toRuleDefinitionDto(rule: RuleDefinition): RuleDefinitionDto {
  return {
    name: rule.name,
    description: rule.description,
    message: rule.message,
    type: rule.type,
    status: rule.status,
    products: [...rule.products],
    environments: [...rule.environments],
    environment_types: [...rule.environmentTypes],
    config: inDocumentedOrder(rule.type, rule.config),
  };
}

export function toListedRuleDto(rule: RuleView): ListedRuleDto {
  return Object.assign(toRuleDefinitionDto(rule), {
    id: rule.id,
    revision: rule.revision,
    created_at: toWireTime(rule.createdAt),
    updated_at: toWireTime(rule.updatedAt),
    created_by: rule.createdBy,
  });
}

export function toRuleDto(rule: RuleView, warnings: readonly string[]): RuleDto {
  return Object.assign(toListedRuleDto(rule), { warnings: [...warnings] });
}

export function toRuleRevisionDto(row: RuleRevisionView): RuleRevisionDto {
  return {
    revision: row.revision,
    valid_from: toWireTime(row.validFrom),
    valid_to: row.validTo && toWireTime(row.validTo),
    changed_by: row.changedBy,
    definition: toRuleDefinitionDto(toRuleDefinition(row.definition as CreateRuleDto)),
  };
}
