import { inferEnvironmentType } from '../catalog/infer-environment-type.js';
import { nameKey } from '../catalog/name-key.js';
import type { ScheduleConfig } from '../preflight/checks/schedule.config.js';
import { opensEver } from './opens-ever.js';
import type { RuleDefinition } from './rule.mapper.js';
import type { Named, NamedEnvironment, NamedThing } from './scope-names.repository.js';
import { type KnownScope, scopesMeet } from './scopes-meet.js';

/** A schedule that is enforced, and what it says. */
export interface EnforcedSchedule {
  readonly definition: RuleDefinition;
  readonly config: ScheduleConfig;
}

interface Names {
  readonly now: Date;
  readonly products: Named<NamedThing>;
  readonly environments: Named<NamedEnvironment>;
}

/** Who is told of five has seen enough; each that is found has been followed to the end. */
const mostTold = 5;

/** The names of schedules together with which one lets nothing start where both apply, though each alone does; 5 at most. */
export function shutTogether(one: EnforcedSchedule, others: readonly EnforcedSchedule[], names: Names): string[] {
  const { now } = names;
  if (!opensEver([one.config], now)) return [];
  const scope = toKnownScope(one.definition, names);
  const found: string[] = [];
  for (const { definition, config } of others) {
    if (found.length === mostTold) break;
    const meet = scopesMeet(scope, toKnownScope(definition, names));
    if (meet && !opensEver([one.config, config], now) && opensEver([config], now)) found.push(definition.name);
  }
  return found;
}

function toKnownScope(definition: RuleDefinition, { products, environments }: Names): KnownScope {
  return {
    products: definition.products.map((name) => products.get(nameKey(name))?.id ?? nameKey(name)),
    environments: definition.environments.map((name) => {
      const known = environments.get(nameKey(name));
      return { key: known?.id ?? nameKey(name), type: known?.type ?? inferEnvironmentType(name) };
    }),
    environmentTypes: definition.environmentTypes,
  };
}
