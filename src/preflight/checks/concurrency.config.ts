import { EnumField, IntegerField } from '../../common/validation/fields.js';
import { readStrict } from '../../common/validation/read-input.js';
import type { ConcurrencyScope, ReadConfig } from './check.js';

/** `config` of a rule of type `concurrency`, as the wire has it. */
export class ConcurrencyConfigDto {
  @IntegerField({
    min: 1,
    max: 100,
    description: 'How many deployments may be in progress at once within one scope',
    example: 2,
  })
  max_concurrent!: number;

  @EnumField({
    values: ['product_environment', 'environment'],
    description:
      'What shares the slots: one product in one environment (replaces the built-in limit of one), or everything in an environment',
    example: 'environment',
  })
  per!: ConcurrencyScope;
}

/** At most `maxConcurrent` (1…100) deployments in progress within one scope. */
export interface ConcurrencyConfig {
  readonly maxConcurrent: number;
  readonly per: ConcurrencyScope;
}

export const readConcurrencyConfig: ReadConfig<ConcurrencyConfig> = (json, loc) => {
  const { value, faults } = readStrict(ConcurrencyConfigDto, json, loc);
  if (faults.length > 0) return { faults };
  return { config: { maxConcurrent: value.max_concurrent, per: value.per } };
};
