import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { approvalTypes } from '../preflight/checks/check.js';
import { readScheduleConfig } from '../preflight/checks/schedule.config.js';
import { type Approvers, type RuleSurroundings, ruleWarnings } from './rule-warnings.js';
import type { RuleDefinition } from './rule.mapper.js';
import type { EnforcedSchedule } from './schedules-together.js';
import { toRule } from './to-rule.js';

const rule: RuleDefinition = {
  name: 'rule',
  description: null,
  message: null,
  type: 'cooldown',
  status: 'enabled',
  products: [],
  environments: [],
  environmentTypes: [],
  config: { minutes: 1 },
};

const things = (...names: string[]) =>
  new Map(
    names.map((name) => [name.toLowerCase(), { id: name, name, keys: [name.toLowerCase()], type: 'production' }]),
  );
const people = (role: Approvers['role'], approverRoles: string[], count = 1): Approvers => ({
  role,
  approverRoles,
  count,
});

function warn(changes: Partial<RuleDefinition>, known: Partial<RuleSurroundings> = {}): readonly string[] {
  const definition = { ...rule, ...changes };
  return ruleWarnings(definition, toRule({ id: '', revision: 1, ...definition }), {
    now: new Date('2026-03-02T14:00:00Z'),
    products: things('web'),
    environments: things('Production', 'staging'),
    people: [people('admin', [])],
    schedules: [],
    ...known,
  });
}

describe('ruleWarnings', () => {
  it.each<[what: string, changes: Partial<RuleDefinition>, ...warnings: string[]]>([
    ['nothing of a rule for everything', {}],
    ['nothing of a scope that is known', { products: ['WEB'], environments: ['production', ' Staging '] }],
    [
      'a product and environments that are not known',
      { products: ['web', 'wbe'], environments: ['prod', 'stage', 'live'] },
      'There is no product wbe yet; the rule applies once there is one',
      'There is no environment prod, stage or live yet; the rule applies once there is one',
    ],
    [
      'a scope that its types leave empty',
      { environments: ['production', 'qa-1'], environmentTypes: ['dev', 'staging'] },
      'There is no environment qa-1 yet; the rule applies once there is one',
      'The rule never applies: production is of type production and qa-1 is of type test, and environment_types has only dev and staging',
    ],
    [
      'nothing of a scope that its types narrow',
      { environments: ['production', 'staging'], environmentTypes: ['production'] },
    ],
    [
      'a flow from and to where nothing is',
      { type: 'flow', config: { required_environments: ['staging', 'qa'], target_environment: 'live' } },
      'There is no environment live yet; the rule applies once there is one',
      'There is no environment qa yet; until a version has completed there, it cannot start in live',
    ],
    [
      'a flow whose target is of another type',
      {
        type: 'flow',
        environmentTypes: ['dev'],
        config: { required_environments: ['staging'], target_environment: 'Production' },
      },
      'The rule never applies: Production is of type production, and environment_types has only dev',
    ],
    [
      'a prerequisite that is not known',
      { type: 'version_approval', config: { required_approval_types: ['qa'], prerequisite_environment: 'uat' } },
      'There is no environment uat yet; until a version has completed there, nothing that is approved of it counts',
    ],
  ])('tells %s', (_, changes, ...warnings) => {
    expect(warn(changes)).toEqual(warnings);
  });

  it.each<[what: string, required: number, roles: string[], people: Approvers[], ...warnings: string[]]>([
    ['nothing where enough people hold a role', 2, ['Team-Lead'], [people('developer', ['team-lead'], 2)]],
    ['nothing where a role by name is one of the ten', 1, ['admin'], [people('admin', [])]],
    [
      'nothing where several share the roles',
      3,
      ['a', 'b'],
      [people('viewer', ['a', 'b'], 2), people('viewer', ['b'])],
    ],
    [
      'roles that nobody holds',
      1,
      ['team-lead', 'manager', 'admin'],
      [people('admin', [])],
      'Nobody who may approve holds the role team-lead: give it to somebody as an approver role',
      'Nobody who may approve holds the role manager: give it to somebody as an approver role',
    ],
    [
      'more approvals than there are people',
      3,
      ['team-lead', 'manager'],
      [people('viewer', ['team-lead', 'manager'], 2)],
      '3 approvals are required, but only 2 people who may approve hold team-lead or manager: lower the number or give the role to more people',
    ],
    [
      'more approvals than one person can give',
      2,
      ['admin'],
      [people('admin', [])],
      '2 approvals are required, but only 1 person who may approve holds admin: lower the number or give the role to more people',
    ],
    [
      'a role whose holders may not approve',
      1,
      ['developer', 'viewer'],
      [people('developer', [], 5), people('viewer', [], 5)],
      'Nobody who may approve holds the role developer: give it to somebody as an approver role',
      'Nobody who may approve holds the role viewer: give it to somebody as an approver role',
    ],
  ])('tells of approvals: %s', (_, required, roles, holders, ...warnings) => {
    const config = { required_approvals: required, approver_roles: roles };
    expect(warn({ type: 'approval', config }, { people: holders })).toEqual(warnings);
  });

  it('tells the types of approval that nobody may give', () => {
    const config = { required_approval_types: approvalTypes };
    expect(warn({ type: 'version_approval', config })).toEqual([]);
    const few = [people('qa', []), people('product', ['security'])];
    expect(warn({ type: 'version_approval', config }, { people: few })).toEqual([
      'Nobody may approve security: that takes a person with the role admin, release_manager or security',
      'Nobody may approve code_review: that takes a person with the role admin, release_manager or developer',
      'Nobody may approve compliance: that takes a person with the role admin, release_manager or compliance',
    ]);
  });

  it('tells what looks like a mistake about windows', () => {
    const past = { start: '2026-01-01T00:00:00', end: '2026-01-02T00:00:00' };
    const config = { mode: 'deny', recurrence: 'once', windows: [past] };
    expect(warn({ type: 'schedule', config })).toEqual([expect.stringMatching(/^windows\[0\] never comes/)]);
  });

  it('tells which other schedules leave nothing open together with it', () => {
    const allow = (start: number, end: number) => ({
      mode: 'allow',
      recurrence: 'daily',
      windows: [{ start_time: `${start}:00`, end_time: `${end}:00` }],
    });
    const other = (name: string, json: object, scope: Partial<RuleDefinition> = {}): EnforcedSchedule => {
      const reading = readScheduleConfig(json, []);
      if ('faults' in reading) throw new Error(JSON.stringify(reading.faults));
      return { definition: { ...rule, type: 'schedule', name, config: json, ...scope }, config: reading.config };
    };
    const past = { start: '2026-01-01T00:00:00', end: '2026-01-02T00:00:00' };
    const schedules = [
      other('afternoon', allow(13, 17)),
      other('noon', allow(11, 13)),
      other('afternoon elsewhere', allow(13, 17), { environments: ['staging'] }),
      other('never', { mode: 'allow', recurrence: 'once', windows: [past] }),
    ];
    const morning = { type: 'schedule', environments: ['production'], config: allow(10, 12) };
    expect(warn(morning, { schedules })).toEqual([
      'Together with the rule afternoon, nothing can start where both apply: no moment of the next 400 days is open in both',
    ]);
    expect(warn({ ...morning, status: 'report_only' }, { schedules })).toEqual([]);
  });

  it('tells what cannot be read, and what becomes of it', () => {
    expect(warn({ config: { minutes: 0 }, environments: ['unknown'] })).toEqual([
      'This release cannot read the rule (config.minutes: ensure this value is greater than or equal to 1); where it applies, nothing can start: write its config anew',
    ]);
    expect(warn({ type: 'moon_phase', status: 'report_only' })).toEqual([
      'This release cannot read the rule (the type moon_phase is unknown); write its config anew',
    ]);
  });
});
