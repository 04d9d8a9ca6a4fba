import type { RuleType } from '../preflight/checks/index.js';

/** A rule as somebody may send it. */
interface RuleExample {
  readonly name: string;
  readonly description: string;
  readonly message?: string;
  readonly type: RuleType;
  readonly status: string;
  readonly products: readonly string[];
  readonly environments: readonly string[];
  readonly environment_types: readonly string[];
  readonly config: Readonly<Record<string, unknown>>;
}

/** One rule of each type, ready to be sent. */
export const ruleExamples = {
  schedule: {
    name: 'friday_freeze',
    description: 'Weekly deployment freeze',
    message: 'No deployments allowed on Fridays after 3pm PST',
    type: 'schedule',
    status: 'enabled',
    products: [],
    environments: ['production'],
    environment_types: [],
    config: {
      mode: 'deny',
      timezone: 'America/Los_Angeles',
      recurrence: 'weekly',
      reason: 'Weekly deployment freeze',
      windows: [{ start_day: 'friday', start_time: '15:00', end_day: 'monday', end_time: '00:00' }],
    },
  },
  flow: {
    name: 'staging_first',
    description: 'What goes to production has run in staging for an hour',
    type: 'flow',
    status: 'enabled',
    products: [],
    environments: [],
    environment_types: [],
    config: { required_environments: ['staging'], target_environment: 'production', soak_minutes: { staging: 60 } },
  },
  cooldown: {
    name: 'one_at_a_time',
    description: 'Half an hour to look at the graphs before the next deployment',
    type: 'cooldown',
    status: 'enabled',
    products: ['my-service'],
    environments: ['production'],
    environment_types: [],
    config: { minutes: 30 },
  },
  approval: {
    name: 'two_team_leads',
    description: 'Four eyes on everything that customers see',
    type: 'approval',
    status: 'enabled',
    products: [],
    environments: [],
    environment_types: ['production'],
    config: { required_approvals: 2, approver_roles: ['team-lead', 'manager'], valid_for_hours: 72 },
  },
  version_approval: {
    name: 'qa_and_security',
    description: 'Tested in staging, and looked at by security',
    type: 'version_approval',
    status: 'enabled',
    products: [],
    environments: ['production'],
    environment_types: [],
    config: { required_approval_types: ['qa', 'security'], prerequisite_environment: 'staging' },
  },
  concurrency: {
    name: 'two_in_production',
    description: 'Never more than two deployments at once in production, whatever the product',
    type: 'concurrency',
    status: 'report_only',
    products: [],
    environments: ['production'],
    environment_types: [],
    config: { max_concurrent: 2, per: 'environment' },
  },
} as const satisfies Record<RuleType, RuleExample>;

/** The same as the OpenAPI document shows them beside each other. */
export const bodyExamples = Object.fromEntries(
  Object.entries(ruleExamples).map(([type, value]) => [type, { summary: value.description, value }]),
);
