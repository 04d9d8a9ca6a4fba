import { BooleanField, IntegerField } from '../../common/validation/fields.js';
import { readStrict } from '../../common/validation/read-input.js';
import type { ReadConfig } from './check.js';

/** `config` of a rule of type `cooldown`, as the wire has it. */
export class CooldownConfigDto {
  @IntegerField({
    min: 1,
    max: 525_600,
    description:
      'Minutes between a completed deployment of a product in an environment and the next start of that product there',
    example: 30,
  })
  minutes!: number;

  @BooleanField({
    default: false,
    description: 'Whether it is asked even of a version that has completed in the environment before',
  })
  apply_to_rollbacks!: boolean;
}

/** The product rests for so many minutes (1…525600) after it was deployed in an environment. */
export interface CooldownConfig {
  readonly minutes: number;
  readonly applyToRollbacks: boolean;
}

export const readCooldownConfig: ReadConfig<CooldownConfig> = (json, loc) => {
  const { value, faults } = readStrict(CooldownConfigDto, json, loc);
  if (faults.length > 0) return { faults };
  return { config: { minutes: value.minutes, applyToRollbacks: value.apply_to_rollbacks } };
};
