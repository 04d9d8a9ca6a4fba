import { describe, expect, it } from '@jest/globals';
import { before, checkedAt, sampleAttempt, sampleRule } from '../../test/support/sample-attempt.js';
import type { Role } from '../auth/permissions.js';
import type { ApprovalConfig } from '../preflight/checks/approval.config.js';
import type { VersionApprovalConfig } from '../preflight/checks/version-approval.config.js';
import { type PlaceFacts, type StandingDecision, toPolicyFacts } from '../preflight/policy-facts.js';
import type { Known } from '../preflight/to-preflight-facts.js';
import { type Approver, mayHelp, whatHelps } from './what-helps.js';

const production = 'id of production';
const staging = 'id of staging';
const whole = '9fceb02d0ae598e95dc970b74767f19372d61af8';

const approval = (config: Partial<ApprovalConfig> = {}) =>
  sampleRule('approval', {
    requiredApprovals: 1,
    approverRoles: ['team-lead'],
    validForHours: null,
    allowSelfApproval: false,
    per: 'version',
    unidentified: 'allow',
    ...config,
  });
const typed = (config: Partial<VersionApprovalConfig> = {}) =>
  sampleRule('version_approval', { requiredApprovalTypes: ['qa'], prerequisiteEnvironment: null, ...config });

function person(role: Role, approverRoles: readonly string[] = [], fields: Partial<Approver> = {}): Approver {
  const rights = { userKind: 'person', role, approverRoles, scopes: [] } as const;
  return { id: 'mona', name: 'Mona', email: 'mona@example.com', logins: ['octocat'], rights, ...fields };
}

/** Of the person asked, an hour ago, for every environment and without a type, unless told otherwise. */
function decided(decision: Partial<StandingDecision> = {}): StandingDecision {
  return {
    id: `decision of ${decision.userId ?? 'mona'}`,
    userId: 'mona',
    userName: 'Mona',
    email: null,
    logins: [],
    decision: 'approved',
    type: null,
    environmentId: null,
    roles: ['qa', 'team-lead'],
    scmSha: whole,
    at: before(60),
    ...decision,
  };
}

function place(firstAt: Date | null, environmentId: string | null = staging): PlaceFacts {
  const environmentName = environmentId === null ? null : 'Staging';
  return { key: 'staging', environmentId, environmentName, firstAt, lastAt: firstAt, isDeployed: true, revision: null };
}

interface Besides {
  readonly decisions?: readonly StandingDecision[];
  readonly places?: readonly PlaceFacts[];
  readonly builders?: readonly (readonly unknown[])[];
  readonly deployedBy?: string;
}

function known({ decisions = [], places = [], builders = [], deployedBy = 'somebody' }: Besides = {}): Known {
  return {
    now: checkedAt,
    environmentId: production,
    environmentName: 'Production',
    versionSha: whole,
    deployers: [deployedBy, null],
    holders: { product_environment: [], environment: [] },
    policy: { ...toPolicyFacts({}), decisions, places, builders },
  };
}

const lead = person('viewer', ['Team-Lead']);
const tester = person('qa');
const someoneElse = { userId: 'other', userName: 'Other' };
const rejected = { decision: 'rejected' } as const;
/** The decisions that would help, in short. */
const help = (rule: ReturnType<typeof approval> | ReturnType<typeof typed>, by: Approver, besides?: Besides) =>
  whatHelps([rule], sampleAttempt(), known(besides), by).flatMap(({ decisions }) =>
    decisions.map(({ type, environmentName }) => `${type ?? 'approval'} for ${environmentName}`),
  );

describe('an approval rule asks', () => {
  const asks = ['approval for Production'];

  it.each<[string, Partial<ApprovalConfig>, Approver, Besides]>([
    ['whoever holds one of its roles, letter case aside', {}, lead, {}],
    ['whoever has a role of that name', { approverRoles: ['QA'] }, tester, {}],
    ['for more than the first', { requiredApprovals: 2 }, lead, { decisions: [decided(someoneElse)] }],
    ['again when an approval has expired', { validForHours: 1 }, lead, { decisions: [decided()] }],
    ['for this environment', { per: 'version_environment' }, lead, { decisions: [decided()] }],
    ['again for another SHA', {}, lead, { decisions: [decided({ scmSha: null })] }],
    ['besides an approval of a type', {}, lead, { decisions: [decided({ type: 'qa' })] }],
    ['whoever may approve their own', { allowSelfApproval: true }, lead, { deployedBy: 'OctoCat' }],
    ['also while somebody else rejects', {}, lead, { decisions: [decided({ ...someoneElse, ...rejected })] }],
    ['again who had approved without the role', {}, lead, { decisions: [decided({ roles: ['viewer'] })] }],
  ])('%s', (_, config, by, besides) => {
    expect(help(approval(config), by, besides)).toEqual(asks);
    expect(mayHelp(approval(config), by.rights)).toBe(true);
  });

  it.each<[string, Partial<ApprovalConfig>, Approver, Besides]>([
    ['who holds none of its roles', {}, tester, {}],
    ['who may not approve without a type', { approverRoles: ['developer'] }, person('developer'), {}],
    ['who has approved', { requiredApprovals: 2 }, lead, { decisions: [decided()] }],
    ['who rejected it before it had its SHA', {}, lead, { decisions: [decided({ ...rejected, scmSha: null })] }],
    [
      'who has approved this',
      { per: 'version_environment', requiredApprovals: 2 },
      lead,
      { decisions: [decided({ environmentId: production })] },
    ],
    ['who has rejected', {}, lead, { decisions: [decided(rejected)] }],
    ['who has rejected this', {}, lead, { decisions: [decided({ ...rejected, environmentId: production })] }],
    ['who has rejected it in one respect', {}, lead, { decisions: [decided({ ...rejected, type: 'qa' })] }],
    ['once it is met', {}, lead, { decisions: [decided(someoneElse)] }],
    [
      'where only a rejection is in the way',
      {},
      lead,
      { decisions: [decided(someoneElse), decided({ userId: 'third', userName: 'Third', ...rejected })] },
    ],
    ['who deployed it', {}, lead, { deployedBy: 'OctoCat' }],
    ['who built it', {}, lead, { builders: [[null, 'MONA@example.com', null]] }],
    ['a service account', {}, { ...lead, rights: { ...lead.rights, userKind: 'service' } }, {}],
  ])('not: %s', (_, config, by, besides) => {
    expect(help(approval(config), by, besides)).toEqual([]);
  });
});

describe('a rule for types asks', () => {
  const afterStaging = { prerequisiteEnvironment: 'STAGING' };
  const ofType = { type: 'qa' } as const;

  it.each<[string, Partial<VersionApprovalConfig>, Approver, Besides, string[]]>([
    ['whose role may give it', {}, tester, {}, ['qa for Production']],
    [
      'for every type that one may give',
      { requiredApprovalTypes: ['performance', 'security', 'qa'] },
      tester,
      {},
      ['performance for Production', 'qa for Production'],
    ],
    ['besides an approval without a type', {}, tester, { decisions: [decided()] }, ['qa for Production']],
    [
      'for the prerequisite environment',
      afterStaging,
      tester,
      { places: [place(before(120))], decisions: [decided({ ...ofType, environmentId: production })] },
      ['qa for Staging'],
    ],
    [
      'again who had approved before it completed there',
      afterStaging,
      tester,
      { places: [place(before(30))], decisions: [decided({ ...ofType, environmentId: staging })] },
      ['qa for Staging'],
    ],
    [
      'for what is missing and was not rejected by the same person',
      { requiredApprovalTypes: ['performance', 'qa'] },
      tester,
      { decisions: [decided({ ...ofType, ...rejected })] },
      ['performance for Production'],
    ],
  ])('%s', (_, config, by, besides, asked) => {
    expect(help(typed(config), by, besides)).toEqual(asked);
    expect(mayHelp(typed(config), by.rights)).toBe(true);
  });

  it.each<[string, Partial<VersionApprovalConfig>, Approver, Besides]>([
    ['whose role may not give it', {}, person('security', ['qa']), {}],
    ['once it is given', {}, tester, { decisions: [decided({ ...ofType, ...someoneElse })] }],
    ['who has rejected', {}, tester, { decisions: [decided({ ...ofType, ...rejected })] }],
    [
      'where a rejection is in the way',
      {},
      tester,
      { decisions: [decided({ ...ofType, ...rejected, ...someoneElse })] },
    ],
    ['before it has completed in the prerequisite environment', afterStaging, tester, { places: [place(null)] }],
    ['before there is such an environment', afterStaging, tester, { places: [place(null, null)] }],
    ['where nothing is known of it', afterStaging, tester, {}],
  ])('not: %s', (_, config, by, besides) => {
    expect(help(typed(config), by, besides)).toEqual([]);
  });
});

it.each<[string, boolean, Parameters<typeof mayHelp>[0], Approver]>([
  ['an approval rule that names none of their roles', false, approval(), tester],
  ['an approval rule that names a role', true, approval({ approverRoles: ['Viewer', 'QA'] }), tester],
  ['one whose role may not approve', false, approval({ approverRoles: ['viewer'] }), person('viewer')],
  ['types of which they may give none', false, typed({ requiredApprovalTypes: ['security', 'uat'] }), tester],
  ['types of which they may give one', true, typed({ requiredApprovalTypes: ['security', 'qa'] }), tester],
  [
    'a rule about something else',
    false,
    sampleRule('concurrency', { maxConcurrent: 1, per: 'environment' }),
    person('admin'),
  ],
])('whether it may ever ask them: %s: %s', (_, asks, rule, by) => {
  expect(mayHelp(rule, by.rights)).toBe(asks);
});

it('says what is missing, of each rule that one can help to meet', () => {
  const rules = [approval({ requiredApprovals: 2 }), typed({ requiredApprovalTypes: ['security'] }), typed()];
  const found = whatHelps(
    rules,
    sampleAttempt(),
    known({ decisions: [decided(someoneElse)] }),
    person('qa', ['team-lead']),
  );
  expect(found.map(({ rule, finding }) => [rule.type, finding.details])).toEqual([
    ['approval', expect.objectContaining({ required_approvals: 2, current_approvals: 1 })],
    ['version_approval', expect.objectContaining({ missing_approval_types: ['qa'] })],
  ]);
});
