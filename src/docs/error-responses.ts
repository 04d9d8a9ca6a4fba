import type { ErrorStatus } from '../common/http/api-errors.decorator.js';

interface Example {
  readonly summary?: string;
  readonly value: unknown;
}

/** A refusal as the document describes it. */
export interface ErrorResponse {
  readonly description: string;
  readonly schema: Readonly<Record<string, unknown>>;
  readonly examples: Readonly<Record<string, Example>>;
  readonly headers: readonly string[];
}

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** A refusal whose body is one fixed text, or one of a few. */
function fixed(description: string, details: readonly string[], headers: readonly string[] = []): ErrorResponse {
  const detail = details.length === 1 ? { type: 'string', const: details[0] } : { type: 'string', enum: details };
  return {
    description,
    schema: { type: 'object', required: ['detail'], properties: { detail } },
    examples: Object.fromEntries(details.map((text) => [text, { value: { detail: text } }])),
    headers,
  };
}

function text(description: string, schema: string, example: unknown, headers: readonly string[] = []): ErrorResponse {
  return { description, schema: ref(schema), examples: { example: { value: example } }, headers };
}

/** The documented keys, and the same once more under `detail`, as it is sent. */
function mirrored(documented: object): object {
  return { ...documented, detail: documented };
}

const noViolation = { rule_id: null, rule_name: 'Concurrency (built in)', rule_type: 'concurrency', violations: [] };

const concurrent = {
  error: 'deployment_blocked',
  message: 'Another deployment to production is already in progress',
  code: 'CONCURRENT_DEPLOYMENT',
  details: {
    conflicting_deployment_id: '550e8400-e29b-41d4-a716-446655440000',
    conflicting_deployment_status: 'in_progress',
    conflicting_deployment_started: '2025-10-28T15:00:00Z',
    ...noViolation,
  },
};

const noDeployWindow = {
  error: 'deployment_blocked',
  message: 'No deployments allowed on Fridays after 3pm PST',
  code: 'NO_DEPLOY_WINDOW',
  retry_after: '2025-10-28T00:00:00Z',
  details: {
    window_name: 'friday_freeze',
    window_start: '2025-10-25T15:00:00-07:00',
    window_end: '2025-10-28T00:00:00-07:00',
    reason: 'Weekly deployment freeze',
    rule_id: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a30',
    rule_name: 'friday_freeze',
    rule_type: 'schedule',
    violations: [],
  },
};

const approvalRequired = {
  error: 'deployment_blocked',
  message: 'Production deployment requires approval from 2 team leads',
  code: 'APPROVAL_REQUIRED',
  details: {
    required_approvals: 2,
    current_approvals: 0,
    approver_roles: ['team-lead', 'manager'],
    rule_id: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a31',
    rule_name: 'two_team_leads',
    rule_type: 'approval',
    violations: [],
  },
};

const faults = {
  detail: [
    { loc: ['body', 'product_name'], msg: 'field required', type: 'value_error.missing' },
    { loc: ['body', 'version'], msg: 'field required', type: 'value_error.missing' },
  ],
};

const immutable = 'Version 1.2.3 already exists with different SHA';

const conflict: ErrorResponse = {
  description:
    'A name that is taken, a state that forbids the action, or an `Idempotency-Key` whose first request is running',
  schema: ref('ConflictError'),
  examples: {
    taken: { summary: 'A name that is taken', value: { detail: 'An environment named production already exists' } },
    version_immutable: {
      summary: 'A build of a version with another SHA',
      value: {
        detail: immutable,
        message: immutable,
        code: 'VERSION_IMMUTABLE',
        details: {
          existing_sha: '9fceb02d0ae598e95dc970b74767f19372d61af8',
          submitted_sha: 'c3d0be41ecbe669545ee3e94d31ed9a4bc91ee3c',
        },
      },
    },
    secret_shown: {
      summary: 'A replayed request whose answer showed a secret',
      value: { detail: 'Already created; its secret was shown once' },
    },
  },
  headers: ['Retry-After'],
};

/** The pre-flight 409, on the routes that start deployments. */
export const blockedConflict = text(
  'The deployment may not start: another one is in progress',
  'DeploymentBlocked',
  mirrored(concurrent),
  ['Retry-After'],
);

/** Every refusal by its status. */
export const errorResponses: Readonly<Record<ErrorStatus, ErrorResponse>> = {
  400: fixed('The body is not JSON', ['Invalid JSON in request body', 'Content-Type must be application/json']),
  401: fixed(
    'The credential is missing, malformed, unknown, revoked or expired',
    ['Invalid authentication credentials'],
    ['WWW-Authenticate'],
  ),
  403: fixed('The credential does not hold the permission', ['You do not have permission to perform this action']),
  404: fixed('There is no such thing, or it is another account’s', ['Not found']),
  405: fixed('The path exists, but not with this method', ['Method Not Allowed'], ['Allow']),
  409: conflict,
  412: text('`If-Match` names an older state', 'Error', { detail: 'The resource has changed since it was read' }),
  413: fixed('The body is over 1 MiB', ['Request body too large']),
  422: text('The request is invalid: every fault, in the order of the fields', 'ValidationError', faults),
  423: text(
    'The deployment may not start: a no-deploy window is active',
    'DeploymentBlocked',
    mirrored(noDeployWindow),
    ['Retry-After'],
  ),
  428: text(
    'The deployment may not start: an approval or a check is missing',
    'DeploymentBlocked',
    mirrored(approvalRequired),
    ['Retry-After'],
  ),
  429: text(
    'Too many requests with this credential',
    'Error',
    { detail: 'Rate limit exceeded. Try again in 60 seconds.' },
    ['Retry-After', 'X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset'],
  ),
  500: fixed('A fault of the service; `X-Request-Id` finds it in the log', ['Internal server error']),
  503: fixed('The service cannot answer now: try again', ['Service temporarily unavailable'], ['Retry-After']),
};
