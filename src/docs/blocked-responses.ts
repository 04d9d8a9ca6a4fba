import { blockedAnswer, type RefusalCode } from './blocked-schemas.js';
import type { ErrorResponse } from './error-responses.js';

/** A refusal of an example: the documented keys, the rule, and what is the same in all. */
interface Sample {
  readonly summary: string;
  readonly code: RefusalCode;
  readonly message: string;
  readonly retryAfter?: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly rule: { readonly rule_id: string | null; readonly rule_name: string; readonly rule_type: string };
}

const rule = (type: string, name: string, id = '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a71') => ({
  rule_id: id,
  rule_name: name,
  rule_type: type,
});

const ids = {
  preflight_check_id: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a21',
  product_id: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a11',
  version_id: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a12',
  environment_id: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a13',
} as const;

const concurrent: Sample = {
  summary: 'Another deployment is in progress',
  code: 'CONCURRENT_DEPLOYMENT',
  message: 'Another deployment to production is already in progress',
  details: {
    conflicting_deployment_id: '550e8400-e29b-41d4-a716-446655440000',
    conflicting_deployment_status: 'in_progress',
    conflicting_deployment_started: '2025-10-28T15:00:00Z',
    conflicting_version: '1.4.1',
    conflicting_product: 'my-service',
    conflicting_deployed_by: 'octocat',
  },
  rule: { rule_id: null, rule_name: 'Concurrency (built in)', rule_type: 'concurrency' },
};

const window: Sample = {
  summary: 'A no-deploy window is active',
  code: 'NO_DEPLOY_WINDOW',
  message: 'No deployments allowed on Fridays after 3pm PST',
  retryAfter: '2025-10-28T00:00:00Z',
  details: {
    window_name: 'friday_freeze',
    window_start: '2025-10-25T15:00:00-07:00',
    window_end: '2025-10-28T00:00:00-07:00',
    reason: 'Weekly deployment freeze',
    timezone: 'America/Los_Angeles',
  },
  rule: rule('schedule', 'friday_freeze'),
};

const approval: Sample = {
  summary: 'People have not approved the version',
  code: 'APPROVAL_REQUIRED',
  message: 'Production deployment requires approval from 2 team leads',
  details: {
    required_approvals: 2,
    current_approvals: 0,
    approver_roles: ['team-lead', 'manager'],
    approvals: [],
  },
  rule: rule('approval', 'two_team_leads'),
};

const flow: Sample = {
  summary: 'The version has not completed where it must have',
  code: 'FLOW_VIOLATION',
  message: 'Version 1.4.2 has not completed in staging yet: deploy it there before production',
  details: {
    required_environments: ['staging'],
    missing_environments: ['staging'],
    target_environment: 'production',
  },
  rule: rule('flow', 'staging_first'),
};

const soak: Sample = {
  summary: 'It has not run there for long enough',
  code: 'INSUFFICIENT_SOAK_TIME',
  message:
    'Version 1.4.2 has run in staging for 25 of 60 minutes: it may start in production from 2026-03-02T11:00:00Z on',
  retryAfter: '2026-03-02T11:00:00Z',
  details: {
    environment: 'staging',
    required_soak_minutes: 60,
    elapsed_soak_minutes: 25,
    deployed_at: '2026-03-02T10:00:00Z',
  },
  rule: rule('flow', 'staging_first'),
};

const cooldown: Sample = {
  summary: 'The last deployment was too recent',
  code: 'COOLDOWN_ACTIVE',
  message:
    'my-service was deployed to production 10 minutes ago, and 30 minutes must lie between two deployments: the next one may start from 2026-03-02T09:30:00Z on',
  retryAfter: '2026-03-02T09:30:00Z',
  details: {
    cooldown_minutes: 30,
    elapsed_minutes: 10,
    remaining_minutes: 20,
    last_deployed_at: '2026-03-02T09:00:00Z',
  },
  rule: rule('cooldown', 'breathe'),
};

const quality: Sample = {
  summary: 'An approval of some type is missing',
  code: 'QUALITY_APPROVAL_REQUIRED',
  message: 'production deployment requires security approval of version 1.4.2',
  details: { required_approval_types: ['qa', 'security'], missing_approval_types: ['security'] },
  rule: rule('version_approval', 'reviewed'),
};

/** The documented keys, and the same once more under `detail`, as it is sent. */
function mirrored(documented: object): object {
  return { ...documented, detail: documented };
}

function bodyOf({ code, message, retryAfter, details, rule }: Sample): object {
  const violation = { code, message, ...rule, status: 'enabled', retry_after: retryAfter ?? null, details };
  return mirrored({
    error: 'deployment_blocked',
    message,
    code,
    ...(retryAfter === undefined ? {} : { retry_after: retryAfter }),
    details: { ...details, ...rule, ...ids, violations: [violation] },
  });
}

function response(description: string, ...samples: readonly Sample[]): ErrorResponse {
  return {
    description,
    schema: blockedAnswer(samples.map(({ code }) => code)),
    examples: Object.fromEntries(samples.map((one) => [one.code, { summary: one.summary, value: bodyOf(one) }])),
    headers: ['Retry-After'],
  };
}

const busy = response('The deployment may not start: another one is in progress', concurrent);

/** The pre-flight 409, on the routes that start deployments. */
export const blockedConflict: ErrorResponse = {
  ...busy,
  schema: blockedAnswer(['CONCURRENT_DEPLOYMENT', 'IDEMPOTENT_REQUEST_IN_PROGRESS']),
  examples: {
    ...busy.examples,
    IDEMPOTENT_REQUEST_IN_PROGRESS: {
      summary: 'The first request with this `Idempotency-Key` is running',
      value: mirrored({
        error: 'deployment_blocked',
        message: 'A request with this Idempotency-Key is being processed',
        code: 'IDEMPOTENT_REQUEST_IN_PROGRESS',
        details: { rule_id: null, rule_name: null, rule_type: null, violations: [] },
      }),
    },
  },
};

/** 423 and 428; the contract's own example comes first. */
export const blockedResponses = {
  423: response('The deployment may not start: a no-deploy window is active', window),
  428: response(
    'The deployment may not start: an approval or a check is missing',
    approval,
    flow,
    soak,
    cooldown,
    quality,
  ),
} as const;
