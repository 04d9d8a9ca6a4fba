import { nameKey } from '../../catalog/name-key.js';
import type { Fault } from '../../common/errors/invalid.error.js';
import { field } from '../../common/validation/field.js';
import { BooleanField, IntegerField, StringField, StringListField } from '../../common/validation/fields.js';
import { readStrict } from '../../common/validation/read-input.js';
import type { ReadConfig } from './check.js';
import { listedTwice } from './listed-twice.js';
import { orderFaults } from './order-faults.js';

const minutesApi = { type: 'integer', minimum: 0, maximum: 525_600 } as const;

/** `config` of a rule of type `flow`, as the wire has it. */
export class FlowConfigDto {
  @StringListField({
    minItems: 1,
    maxItems: 20,
    max: 100,
    trim: true,
    description: 'Where a version must have completed before, by name or id',
    example: ['staging'],
  })
  required_environments!: string[];

  @StringField({ max: 100, trim: true, description: 'Where the rule applies, by name or id', example: 'production' })
  target_environment!: string;

  @BooleanField({
    default: false,
    description: 'Whether the version must have completed in the required environments in the order of the list',
  })
  strict_order!: boolean;

  @field(
    {
      required: false,
      description:
        'How many minutes the version must have been deployed there since its latest completion: for each required environment by its name, or one number for all',
      example: { staging: 60 },
    },
    // Either of two types: `readSoakMinutes` judges it.
    { constraints: [], api: { oneOf: [minutesApi, { type: 'object', additionalProperties: minutesApi }] } },
  )
  soak_minutes?: unknown;

  @BooleanField({
    default: false,
    description: 'Whether it is asked even of a version that has completed in the target before',
  })
  apply_to_rollbacks!: boolean;
}

/** A version starts in the target only after it has completed, and soaked, elsewhere. */
export interface FlowConfig {
  /** Names or ids, as they were written; facts have them under `nameKey`. 1…20, no two of them alike. */
  readonly requiredEnvironments: readonly string[];
  /** A name or id, as it was written; none of the required ones. */
  readonly targetEnvironment: string;
  readonly strictOrder: boolean;
  /** Minutes to soak (0…525600) by `nameKey` of a required environment; missing: none. */
  readonly soakMinutes: Readonly<Record<string, number>>;
  readonly applyToRollbacks: boolean;
}

export const readFlowConfig: ReadConfig<FlowConfig> = (json, loc) => {
  const { value, faults } = readStrict(FlowConfigDto, json, loc);
  const required = toKeys(value.required_environments);
  const soak = readSoakMinutes(value.soak_minutes, required, [...loc, 'soak_minutes']);
  const all = [
    ...faults,
    ...listedTwice(required, [...loc, 'required_environments']),
    ...requiredTarget(required, value.target_environment, [...loc, 'required_environments']),
    ...soak.faults,
  ];
  if (all.length > 0) return { faults: orderFaults(FlowConfigDto, loc, all) };
  return {
    config: {
      requiredEnvironments: value.required_environments,
      targetEnvironment: value.target_environment,
      strictOrder: value.strict_order,
      // Own entries, whatever the environments are called.
      soakMinutes: Object.fromEntries(required.map((key) => [key, soak.minutes.get(key) ?? 0])),
      applyToRollbacks: value.apply_to_rollbacks,
    },
  };
};

type Keys = readonly (string | undefined)[];

/** Of what may not have passed as a list, or may have items that did not pass as texts. */
function toKeys(names: readonly (string | undefined)[] | undefined | null): Keys {
  return (names ?? []).map((name) => (name === undefined ? undefined : nameKey(name)));
}

function requiredTarget(required: Keys, target: string | null | undefined, loc: Fault['loc']): Fault[] {
  if (target == null) return [];
  return required.flatMap((key, index) =>
    key === nameKey(target)
      ? [{ loc: [...loc, index], msg: 'a flow must not require its own target', type: 'value_error.flow.own_target' }]
      : [],
  );
}

interface SoakReading {
  readonly minutes: ReadonlyMap<string | undefined, number>;
  readonly faults: readonly Fault[];
}

function readSoakMinutes(json: unknown, required: Keys, loc: Fault['loc']): SoakReading {
  // Null is already refused.
  if (json == null) return { minutes: new Map(), faults: [] };
  if (typeof json !== 'object' || Array.isArray(json)) {
    const faults = minutesFaults(json, loc);
    return { minutes: new Map(required.map((key) => [key, json as number])), faults };
  }
  const entries = Object.entries(json).map(([name, minutes]: [string, unknown]) => ({
    name,
    key: nameKey(name),
    minutes,
  }));
  // Where the list itself is at fault, nobody can say what is not in it.
  const isListed = required.length > 0 && !required.includes(undefined);
  const faults = entries.flatMap(({ name, key, minutes }, index) => {
    const at = [...loc, name];
    if (isListed && !required.includes(key)) {
      return [{ loc: at, msg: 'environment is not required by this flow', type: 'value_error.flow.not_required' }];
    }
    if (entries.findIndex((other) => other.key === key) < index) {
      return [{ loc: at, msg: 'environment is named twice', type: 'value_error.flow.named_twice' }];
    }
    return minutesFaults(minutes, at);
  });
  return { minutes: new Map(entries.map(({ key, minutes }) => [key, minutes as number])), faults };
}

class MinutesDto {
  @IntegerField({ min: minutesApi.minimum, max: minutesApi.maximum })
  minutes!: number;
}

/** What is wrong with one number of minutes, wherever it stands. */
function minutesFaults(minutes: unknown, loc: Fault['loc']): Fault[] {
  return readStrict(MinutesDto, { minutes }, []).faults.map((fault) => ({ ...fault, loc }));
}
