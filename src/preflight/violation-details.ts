import { approvalTypes } from './checks/check.js';
import type { BlockCode } from './verdict.js';

type Schema = Readonly<Record<string, unknown>>;

/** A JSON schema of an object. */
export interface ObjectSchema {
  readonly type: 'object';
  readonly description?: string;
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, Schema>>;
}

/** Deployment requests are not decided yet. */
export type ViolationCode = Exclude<BlockCode, 'DEPLOYMENT_REQUEST_REQUIRED'>;

const text = (description: string) => ({ type: 'string', description });
const count = (description: string) => ({ type: 'integer', minimum: 0, description });
const texts = (description: string) => ({ type: 'array', items: { type: 'string' }, description });
const zoned = (description: string) => ({ type: 'string', format: 'date-time', description });
const time = (description: string) => zoned(`${description} (UTC)`);
const types = (description: string) => ({ type: 'array', items: { type: 'string', enum: approvalTypes }, description });
const id = (description: string) => ({ type: 'string', format: 'uuid', description });
const nullable = (schema: { readonly type: string; readonly description: string }, whenNull: string) => ({
  ...schema,
  type: [schema.type, 'null'],
  description: `${schema.description}; null: ${whenNull}`,
});

const outside = 'it lies outside what the API key is narrowed to';

/** All keys are there, but those that are named `optional`. */
function object(description: string, properties: ObjectSchema['properties'], ...optional: string[]): ObjectSchema {
  const required = Object.keys(properties).filter((key) => !optional.includes(key));
  return { type: 'object', description, required, properties };
}

const approval = object('An approval that counts', {
  approved_by: text('The name of the person'),
  user_id: id('The person'),
  approved_at: time('When'),
  role: text('For which of the approver roles it counts'),
});

const rejection = {
  rejected_by: text('The name of the person'),
  user_id: id('The person'),
  rejected_at: time('When'),
};
const rejectionType = { type: ['string', 'null'], enum: [...approvalTypes, null], description: 'What they looked at' };
const rejections = (entry: ObjectSchema['properties']) => ({
  type: 'array',
  minItems: 1,
  items: object('A rejection that stands', entry),
  description: 'What blocks until it is withdrawn; absent where nobody rejects the version',
});

/**
 * What `details` of a violation holds, by its code, as JSON schemas: for the OpenAPI document, against which the tests
 * hold every answer. A code that is missing here does not compile.
 */
export const detailsSchemas: { readonly [Code in ViolationCode]: ObjectSchema } = {
  NO_DEPLOY_WINDOW: object('The window that is closed, or comes too soon', {
    window_name: text('The name of the rule'),
    window_start: nullable(
      zoned('When this closed period of the rule begins, with the offset of the zone'),
      'longer ago than 400 days',
    ),
    window_end: nullable(
      zoned('When it ends, with the offset of the zone; other windows may go on, see `retry_after`'),
      'not within 400 days',
    ),
    reason: nullable(text('As the rule has it'), 'it gives none'),
    timezone: text('An IANA name'),
  }),
  FLOW_VIOLATION: object(
    'Where the version has not completed, or not in the right order',
    {
      required_environments: texts('Where it must have completed'),
      missing_environments: texts('Where it has not'),
      target_environment: text('Where it is to start'),
      out_of_order_environments: texts(
        'Where it completed before it had in one that the rule lists earlier: no later deployment of this version changes that. Absent where there is none',
      ),
    },
    'out_of_order_environments',
  ),
  INSUFFICIENT_SOAK_TIME: object('Where the version has not been deployed for long enough', {
    environment: text('Where it soaks'),
    required_soak_minutes: count('How long it must'),
    elapsed_soak_minutes: count('How long it has; 0 where another version has taken its place'),
    deployed_at: time('When it last completed there'),
  }),
  COOLDOWN_ACTIVE: object('The deployment that was too recent', {
    cooldown_minutes: count('How much time must lie between two'),
    elapsed_minutes: count('How much has passed'),
    remaining_minutes: count('How much is left, rounded up'),
    last_deployed_at: time('When the product last completed there'),
  }),
  APPROVAL_REQUIRED: object(
    'Whose approval is missing',
    {
      required_approvals: count('How many people must have approved'),
      current_approvals: count('How many have'),
      approver_roles: texts('Who may: holders of one of these roles'),
      approvals: { type: 'array', items: approval, description: 'Those that count, oldest first' },
      rejections: rejections({ ...rejection, role: text('As a holder of which role'), approval_type: rejectionType }),
      unidentified: {
        type: 'array',
        minItems: 1,
        items: { type: 'string', enum: ['build', 'deployment'] },
        description: 'Which events do not say who triggered them, where the rule wants to know; absent otherwise',
      },
    },
    'rejections',
    'unidentified',
  ),
  QUALITY_APPROVAL_REQUIRED: object(
    'Which approvals are missing',
    {
      required_approval_types: types('What must have been approved'),
      missing_approval_types: types('What has not, or is rejected'),
      prerequisite_environment: text(
        'For which environment it must have been, after the version completed there; absent where the rule names none',
      ),
      rejections: rejections({ ...rejection, approval_type: rejectionType }),
    },
    'prerequisite_environment',
    'rejections',
  ),
  CONCURRENT_DEPLOYMENT: object('The oldest deployment that holds a slot', {
    conflicting_deployment_id: nullable(id('It can be ended: `POST /deployments/{id}/abort`'), outside),
    conflicting_deployment_status: { type: 'string', const: 'in_progress' },
    conflicting_deployment_started: nullable(time('When it started'), outside),
    conflicting_version: nullable(text('What is being deployed'), outside),
    conflicting_product: nullable(text('Of which product'), outside),
    conflicting_deployed_by: nullable(text('By whom'), `the pipeline did not say, or ${outside}`),
  }),
};

/** The name of one of them in the OpenAPI document: `NoDeployWindowDetails`. */
export function detailsSchemaName(code: ViolationCode): string {
  return `${pascalCase(code)}Details`;
}

/** `NO_DEPLOY_WINDOW`: `NoDeployWindow`. */
export function pascalCase(code: string): string {
  return code.toLowerCase().replaceAll(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** All of them, as the OpenAPI document refers to them. */
export const detailsSchemaRefs = Object.keys(detailsSchemas).map((code) => ({
  $ref: `#/components/schemas/${detailsSchemaName(code as ViolationCode)}`,
}));
