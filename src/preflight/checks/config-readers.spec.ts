import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { approvalTypes } from './check.js';
import { configReaders, type RuleType } from './index.js';

const loc = ['body', 'rules', 3, 'config'];

/** What the check gets, or `place: message (type)` of each fault, without where the configuration itself lies. */
function read(type: RuleType, json: unknown): unknown {
  const reading = configReaders[type](json, loc);
  if ('config' in reading) return reading.config;
  return reading.faults.map(({ loc, msg, type }) => `${loc.slice(4).join('.')}: ${msg} (${type})`);
}

const integer = 'value is not a valid integer (type_error.integer)';
const boolean = 'value could not be parsed to a boolean (type_error.bool)';
const text = 'str type expected (type_error.str)';
const notNull = 'none is not an allowed value (type_error.none.not_allowed)';
const missing = 'field required (value_error.missing)';
const extra = 'extra fields not permitted (value_error.extra)';
const twice = 'the list has duplicated items (value_error.list.unique_items)';
const list = 'value is not a valid list (type_error.list)';
const empty = 'ensure this value has at least 1 characters (value_error.any_str.min_length)';
const long = 'ensure this value has at most 100 characters (value_error.any_str.max_length)';
const atLeast = (min: number) => `ensure this value is greater than or equal to ${min} (value_error.number.not_ge)`;
const atMost = (max: number) => `ensure this value is less than or equal to ${max} (value_error.number.not_le)`;
const items = (bound: string, kind: string) => `ensure this value has at ${bound} items (value_error.list.${kind})`;
const member = (...values: readonly string[]) =>
  `value is not a valid enumeration member; permitted: ${values.map((value) => `'${value}'`).join(', ')} (type_error.enum)`;

describe('cooldown', () => {
  const config = { minutes: 30, applyToRollbacks: false };

  it.each([
    [{ minutes: 30 }, config],
    [{ minutes: 1 }, { ...config, minutes: 1 }],
    [
      { minutes: 525_600, apply_to_rollbacks: true },
      { minutes: 525_600, applyToRollbacks: true },
    ],
    [{}, [`minutes: ${missing}`]],
    [{ minutes: 0 }, [`minutes: ${atLeast(1)}`]],
    [{ minutes: 525_601 }, [`minutes: ${atMost(525_600)}`]],
    [{ minutes: 0.5 }, [`minutes: ${integer}`]],
    [{ minutes: '30' }, [`minutes: ${integer}`]],
    [{ minutes: null }, [`minutes: ${notNull}`]],
    [{ minutes: 30, apply_to_rollbacks: 'yes' }, [`apply_to_rollbacks: ${boolean}`]],
    [{ minute: 30 }, [`minutes: ${missing}`, `minute: ${extra}`]],
    ['30', [': value is not a valid dict (type_error.dict)']],
  ])('%j: %j', (json, expected) => expect(read('cooldown', json)).toEqual(expected));
});

describe('concurrency', () => {
  it.each([
    [
      { max_concurrent: 1, per: 'environment' },
      { maxConcurrent: 1, per: 'environment' },
    ],
    [
      { max_concurrent: 100, per: 'product_environment' },
      { maxConcurrent: 100, per: 'product_environment' },
    ],
    [{}, [`max_concurrent: ${missing}`, `per: ${missing}`]],
    [{ max_concurrent: 0, per: 'environment' }, [`max_concurrent: ${atLeast(1)}`]],
    [{ max_concurrent: 101, per: 'environment' }, [`max_concurrent: ${atMost(100)}`]],
    [{ max_concurrent: 2, per: 'product' }, [`per: ${member('product_environment', 'environment')}`]],
    [{ max_concurrent: 2, per: 'environment', max: 2 }, [`max: ${extra}`]],
  ])('%j: %j', (json, expected) => expect(read('concurrency', json)).toEqual(expected));
});

describe('approval', () => {
  const least = { required_approvals: 2, approver_roles: ['team-lead', 'manager'] };
  const config = {
    requiredApprovals: 2,
    approverRoles: ['team-lead', 'manager'],
    validForHours: null,
    allowSelfApproval: false,
    per: 'version',
    unidentified: 'allow',
  };

  it.each([
    [least, config],
    [
      { ...least, required_approvals: 1 },
      { ...config, requiredApprovals: 1 },
    ],
    [
      { ...least, required_approvals: 50 },
      { ...config, requiredApprovals: 50 },
    ],
    [
      { ...least, approver_roles: [' Release Manager '] },
      { ...config, approverRoles: ['Release Manager'] },
    ],
    // One role is one, whatever its letter case.
    [
      { ...least, approver_roles: ['SRE', 'qa', 'sre', 'QA '] },
      { ...config, approverRoles: ['SRE', 'qa'] },
    ],
    [{ ...least, valid_for_hours: null }, config],
    [
      { ...least, valid_for_hours: 1 },
      { ...config, validForHours: 1 },
    ],
    [
      { ...least, valid_for_hours: 87_600 },
      { ...config, validForHours: 87_600 },
    ],
    [
      { ...least, allow_self_approval: true, per: 'version_environment', unidentified: 'block' },
      { ...config, allowSelfApproval: true, per: 'version_environment', unidentified: 'block' },
    ],
    [{}, [`required_approvals: ${missing}`, `approver_roles: ${missing}`]],
    [{ ...least, required_approvals: 0 }, [`required_approvals: ${atLeast(1)}`]],
    [{ ...least, required_approvals: 51 }, [`required_approvals: ${atMost(50)}`]],
    [{ ...least, approver_roles: [] }, [`approver_roles: ${items('least 1', 'min_items')}`]],
    [{ ...least, approver_roles: Array(21).fill('sre') }, [`approver_roles: ${items('most 20', 'max_items')}`]],
    [{ ...least, approver_roles: 'team-lead' }, [`approver_roles: ${list}`]],
    [
      { ...least, approver_roles: ['sre', '  ', 7, 'x'.repeat(101)] },
      [`approver_roles.1: ${empty}`, `approver_roles.2: ${text}`, `approver_roles.3: ${long}`],
    ],
    [{ ...least, valid_for_hours: 0 }, [`valid_for_hours: ${atLeast(1)}`]],
    [{ ...least, valid_for_hours: 87_601 }, [`valid_for_hours: ${atMost(87_600)}`]],
    [{ ...least, valid_for_hours: 1.5 }, [`valid_for_hours: ${integer}`]],
    [{ ...least, allow_self_approval: 0 }, [`allow_self_approval: ${boolean}`]],
    [{ ...least, per: 'environment' }, [`per: ${member('version', 'version_environment')}`]],
    [{ ...least, per: null }, [`per: ${notNull}`]],
    [{ ...least, unidentified: 'warn' }, [`unidentified: ${member('allow', 'block')}`]],
    [{ ...least, approvers: 2, Per: 'version' }, [`approvers: ${extra}`, `Per: ${extra}`]],
  ])('%j: %j', (json, expected) => expect(read('approval', json)).toEqual(expected));
});

describe('version_approval', () => {
  const config = { requiredApprovalTypes: ['qa'], prerequisiteEnvironment: null };

  it.each([
    [{ required_approval_types: ['qa'] }, config],
    [{ required_approval_types: [...approvalTypes] }, { ...config, requiredApprovalTypes: [...approvalTypes] }],
    [{ required_approval_types: ['qa'], prerequisite_environment: null }, config],
    [
      { required_approval_types: ['qa'], prerequisite_environment: ' Staging ' },
      { ...config, prerequisiteEnvironment: 'Staging' },
    ],
    [{}, [`required_approval_types: ${missing}`]],
    [{ required_approval_types: [] }, [`required_approval_types: ${items('least 1', 'min_items')}`]],
    [
      { required_approval_types: [...approvalTypes, 'qa'] },
      [`required_approval_types: ${items('most 6', 'max_items')}`],
    ],
    [{ required_approval_types: ['qa', 'QA'] }, [`required_approval_types.1: ${member(...approvalTypes)}`]],
    [{ required_approval_types: ['qa', 1] }, [`required_approval_types.1: ${text}`]],
    [
      { required_approval_types: ['qa', 'uat', 'qa', 'uat'] },
      [`required_approval_types.2: ${twice}`, `required_approval_types.3: ${twice}`],
    ],
    [{ required_approval_types: null }, [`required_approval_types: ${notNull}`]],
    [{ required_approval_types: ['qa'], prerequisite_environment: ' ' }, [`prerequisite_environment: ${empty}`]],
    [
      { prerequisite_environment: 'x'.repeat(101), required_approval_types: ['qa', 'qa'], type: 'qa' },
      [`required_approval_types.1: ${twice}`, `prerequisite_environment: ${long}`, `type: ${extra}`],
    ],
  ])('%j: %j', (json, expected) => expect(read('version_approval', json)).toEqual(expected));
});

describe('every reader', () => {
  const types = ['flow', 'cooldown', 'approval', 'version_approval', 'concurrency'] as const;
  const name = fc.constantFrom('dev', 'Dev', 'staging', 'qa', ' ', '__proto__', 'constructor', 'environment', 'block');
  const value = fc.oneof(
    name,
    fc.array(name, { maxLength: 4 }),
    fc.constantFrom(...approvalTypes.map((one) => [one])),
    fc.integer({ min: -2, max: 60 }),
    fc.boolean(),
    fc.constant(null),
    fc.dictionary(name, fc.oneof(fc.integer({ min: -1, max: 60 }), fc.jsonValue()), { maxKeys: 3 }),
    fc.jsonValue(),
  );
  const keys = [
    'required_environments target_environment strict_order soak_minutes apply_to_rollbacks minutes required_approvals',
    'approver_roles valid_for_hours allow_self_approval per unidentified required_approval_types',
    'prerequisite_environment max_concurrent __proto__ other',
  ].flatMap((line) => line.split(' '));
  const json = fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 6 }));

  it.each(types)('%s: reads any JSON, and the same JSON the same way, and leaves it as it was', (type) => {
    fc.assert(
      fc.property(json, (drawn) => {
        const text = JSON.stringify(drawn);
        const sent = JSON.parse(text) as unknown;
        const reading = configReaders[type](sent, loc);
        expect(JSON.stringify(sent)).toBe(text);
        expect(configReaders[type](sent, loc)).toEqual(reading);
        if ('config' in reading) return;
        expect(reading.faults.length).toBeGreaterThan(0);
        for (const fault of reading.faults) expect(fault.loc.slice(0, loc.length)).toEqual(loc);
      }),
      { numRuns: 300 },
    );
  });

  const names = fc.uniqueArray(fc.constantFrom('dev', 'test', 'qa', 'Staging'), { minLength: 1 });
  const valid = {
    flow: names.chain((required) =>
      fc.record(
        {
          required_environments: fc.constant(required),
          target_environment: fc.constantFrom('production', 'Live'),
          strict_order: fc.boolean(),
          soak_minutes: fc.oneof(fc.nat(525_600), fc.dictionary(fc.constantFrom(...required), fc.nat(525_600))),
          apply_to_rollbacks: fc.boolean(),
        },
        { requiredKeys: ['required_environments', 'target_environment'] },
      ),
    ),
    cooldown: fc.record(
      { minutes: fc.integer({ min: 1, max: 525_600 }), apply_to_rollbacks: fc.boolean() },
      { requiredKeys: ['minutes'] },
    ),
    approval: fc.record(
      {
        required_approvals: fc.integer({ min: 1, max: 50 }),
        approver_roles: names,
        valid_for_hours: fc.option(fc.integer({ min: 1, max: 87_600 })),
        allow_self_approval: fc.boolean(),
        per: fc.constantFrom('version', 'version_environment'),
        unidentified: fc.constantFrom('allow', 'block'),
      },
      { requiredKeys: ['required_approvals', 'approver_roles'] },
    ),
    version_approval: fc.record(
      {
        required_approval_types: fc.uniqueArray(fc.constantFrom(...approvalTypes), { minLength: 1 }),
        prerequisite_environment: fc.option(fc.constantFrom('staging', 'qa')),
      },
      { requiredKeys: ['required_approval_types'] },
    ),
    concurrency: fc.record({
      max_concurrent: fc.integer({ min: 1, max: 100 }),
      per: fc.constantFrom('environment', 'product_environment'),
    }),
  };

  it.each(types)('%s: refuses nothing that is allowed, but anything with one key more', (type) => {
    fc.assert(
      fc.property(valid[type] as fc.Arbitrary<object>, (sent) => {
        expect(configReaders[type](sent, loc)).toHaveProperty('config');
        expect(read(type, { ...sent, colour: 'red' })).toEqual([`colour: ${extra}`]);
      }),
    );
  });
});
