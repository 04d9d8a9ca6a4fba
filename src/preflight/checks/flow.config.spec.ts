import { describe, expect, it } from '@jest/globals';
import { readFlowConfig } from './flow.config.js';

const loc = ['body', 'config'];
const least = { required_environments: ['staging'], target_environment: 'production' };

/** `place: message (type)` of each fault, without where the configuration itself lies. */
function faultsOf(json: unknown): string[] {
  const reading = readFlowConfig(json, loc);
  if (!('faults' in reading)) return [];
  return reading.faults.map((fault) => {
    expect(fault.loc.slice(0, 2)).toEqual(loc);
    return `${fault.loc.slice(2).join('.')}: ${fault.msg} (${fault.type})`;
  });
}

const integer = 'value is not a valid integer (type_error.integer)';
const notNull = 'none is not an allowed value (type_error.none.not_allowed)';
const text = 'str type expected (type_error.str)';
const missing = 'field required (value_error.missing)';
const twice = 'the list has duplicated items (value_error.list.unique_items)';
const ownTarget = 'a flow must not require its own target (value_error.flow.own_target)';
const notRequired = 'environment is not required by this flow (value_error.flow.not_required)';
const tooFew = 'ensure this value is greater than or equal to 0 (value_error.number.not_ge)';
const tooMany = 'ensure this value is less than or equal to 525600 (value_error.number.not_le)';

describe('readFlowConfig', () => {
  it.each([
    // the wire's; what the check gets
    [least, {}],
    [
      { required_environments: [' dev ', 'Staging'], target_environment: ' Production ' },
      {
        requiredEnvironments: ['dev', 'Staging'],
        targetEnvironment: 'Production',
        soakMinutes: { dev: 0, staging: 0 },
      },
    ],
    [
      { ...least, strict_order: true, apply_to_rollbacks: true },
      { strictOrder: true, applyToRollbacks: true },
    ],
    [{ ...least, soak_minutes: 60 }, { soakMinutes: { staging: 60 } }],
    [{ ...least, soak_minutes: 0 }, { soakMinutes: { staging: 0 } }],
    [{ ...least, soak_minutes: 525_600 }, { soakMinutes: { staging: 525_600 } }],
    [{ ...least, soak_minutes: {} }, { soakMinutes: { staging: 0 } }],
    [{ ...least, soak_minutes: { ' STAGING ': 60 } }, { soakMinutes: { staging: 60 } }],
    [
      { ...least, required_environments: ['Dev', 'Staging'], soak_minutes: { staging: 525_600 } },
      { requiredEnvironments: ['Dev', 'Staging'], soakMinutes: { dev: 0, staging: 525_600 } },
    ],
    [
      { ...least, required_environments: ['Dev', 'Staging'], soak_minutes: 5 },
      { requiredEnvironments: ['Dev', 'Staging'], soakMinutes: { dev: 5, staging: 5 } },
    ],
  ])('%j: %j', (json, config) => {
    expect(readFlowConfig(json, loc)).toEqual({
      config: {
        requiredEnvironments: ['staging'],
        targetEnvironment: 'production',
        strictOrder: false,
        soakMinutes: { staging: 0 },
        applyToRollbacks: false,
        ...config,
      },
    });
  });

  it.each([
    [undefined, [`: ${missing}`]],
    [null, [`: ${notNull}`]],
    [[], [': value is not a valid dict (type_error.dict)']],
    [{}, [`required_environments: ${missing}`, `target_environment: ${missing}`]],
    [
      { ...least, required_environments: [] },
      ['required_environments: ensure this value has at least 1 items (value_error.list.min_items)'],
    ],
    [
      { ...least, required_environments: Array.from({ length: 21 }, (_, i) => `e${i}`) },
      ['required_environments: ensure this value has at most 20 items (value_error.list.max_items)'],
    ],
    [{ ...least, required_environments: Array.from({ length: 20 }, (_, i) => `e${i}`) }, []],
    [
      { ...least, required_environments: 'staging' },
      ['required_environments: value is not a valid list (type_error.list)'],
    ],
    [{ ...least, required_environments: null }, [`required_environments: ${notNull}`]],
    [
      { ...least, required_environments: ['dev', 7, null] },
      [`required_environments.1: ${text}`, `required_environments.2: ${notNull}`],
    ],
    [
      { ...least, required_environments: ['dev', ' '] },
      ['required_environments.1: ensure this value has at least 1 characters (value_error.any_str.min_length)'],
    ],
    [
      { ...least, required_environments: ['e'.repeat(101)] },
      ['required_environments.0: ensure this value has at most 100 characters (value_error.any_str.max_length)'],
    ],
    [{ ...least, required_environments: [` ${'e'.repeat(100)} `] }, []],
    [
      { ...least, required_environments: ['dev', 'staging', ' Dev', 'DEV'] },
      [`required_environments.2: ${twice}`, `required_environments.3: ${twice}`],
    ],
    [{ ...least, required_environments: ['dev', 'PRODUCTION '] }, [`required_environments.1: ${ownTarget}`]],
    [{ ...least, target_environment: 'Staging' }, [`required_environments.0: ${ownTarget}`]],
    [{ ...least, target_environment: null }, [`target_environment: ${notNull}`]],
    [
      { ...least, target_environment: '' },
      ['target_environment: ensure this value has at least 1 characters (value_error.any_str.min_length)'],
    ],
    [{ ...least, strict_order: 1 }, ['strict_order: value could not be parsed to a boolean (type_error.bool)']],
    [{ ...least, apply_to_rollbacks: null }, [`apply_to_rollbacks: ${notNull}`]],
    [{ ...least, soak_minutes: -1 }, [`soak_minutes: ${tooFew}`]],
    [{ ...least, soak_minutes: 525_601 }, [`soak_minutes: ${tooMany}`]],
    [{ ...least, soak_minutes: 1.5 }, [`soak_minutes: ${integer}`]],
    [{ ...least, soak_minutes: '60' }, [`soak_minutes: ${integer}`]],
    [{ ...least, soak_minutes: [60] }, [`soak_minutes: ${integer}`]],
    [{ ...least, soak_minutes: null }, [`soak_minutes: ${notNull}`]],
    [{ ...least, soak_minutes: { staging: -1 } }, [`soak_minutes.staging: ${tooFew}`]],
    [{ ...least, soak_minutes: { staging: 525_601 } }, [`soak_minutes.staging: ${tooMany}`]],
    [{ ...least, soak_minutes: { Staging: '60' } }, [`soak_minutes.Staging: ${integer}`]],
    [{ ...least, soak_minutes: { staging: null } }, [`soak_minutes.staging: ${notNull}`]],
    [
      { ...least, soak_minutes: { dev: 60, stagin: 'x' } },
      [`soak_minutes.dev: ${notRequired}`, `soak_minutes.stagin: ${notRequired}`],
    ],
    [{ ...least, soak_minutes: { production: 60 } }, [`soak_minutes.production: ${notRequired}`]],
    [
      { ...least, soak_minutes: { staging: 60, STAGING: 30 } },
      ['soak_minutes.STAGING: environment is named twice (value_error.flow.named_twice)'],
    ],
    // Where the list is at fault, nobody can say what it lacks.
    [
      { ...least, required_environments: [7], soak_minutes: { staging: 60, dev: -1 } },
      [`required_environments.0: ${text}`, `soak_minutes.dev: ${tooFew}`],
    ],
    [{ ...least, soak_minute: 60 }, ['soak_minute: extra fields not permitted (value_error.extra)']],
    [{ ...least, environments: [] }, ['environments: extra fields not permitted (value_error.extra)']],
    // All at once, in the order of the fields.
    [
      {
        colour: 1,
        apply_to_rollbacks: 'no',
        soak_minutes: { dev: 1 },
        strict_order: 'no',
        required_environments: ['staging', 'staging', 'production'],
        target_environment: 'production',
      },
      [
        `required_environments.1: ${twice}`,
        `required_environments.2: ${ownTarget}`,
        'strict_order: value could not be parsed to a boolean (type_error.bool)',
        `soak_minutes.dev: ${notRequired}`,
        'apply_to_rollbacks: value could not be parsed to a boolean (type_error.bool)',
        'colour: extra fields not permitted (value_error.extra)',
      ],
    ],
  ])('refuses %j', (json, faults) => {
    expect(faultsOf(json)).toEqual(faults);
  });

  it('has minutes of its own for every environment, whatever it is called', () => {
    const json = JSON.parse(
      '{"required_environments": ["__proto__", "constructor"], "target_environment": "production", "soak_minutes": {"__proto__": 7}}',
    ) as unknown;
    const reading = readFlowConfig(json, loc);
    const { soakMinutes } = 'config' in reading ? reading.config : { soakMinutes: {} };
    expect(Object.entries(soakMinutes)).toEqual([
      ['__proto__', 7],
      ['constructor', 0],
    ]);
  });
});
