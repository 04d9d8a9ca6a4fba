import {
  detailsSchemaName,
  detailsSchemas,
  type ObjectSchema,
  pascalCase,
  type ViolationCode,
} from '../preflight/violation-details.js';

type Properties = ObjectSchema['properties'];

interface Trait {
  readonly ruleType: string;
  /** Whether it is told when this ends. */
  readonly retryAfter: 'always' | 'where known' | 'never';
}

const traits: { readonly [Code in ViolationCode]: Trait } = {
  NO_DEPLOY_WINDOW: { ruleType: 'schedule', retryAfter: 'where known' },
  FLOW_VIOLATION: { ruleType: 'flow', retryAfter: 'never' },
  INSUFFICIENT_SOAK_TIME: { ruleType: 'flow', retryAfter: 'where known' },
  COOLDOWN_ACTIVE: { ruleType: 'cooldown', retryAfter: 'always' },
  APPROVAL_REQUIRED: { ruleType: 'approval', retryAfter: 'never' },
  QUALITY_APPROVAL_REQUIRED: { ruleType: 'version_approval', retryAfter: 'never' },
  CONCURRENT_DEPLOYMENT: { ruleType: 'concurrency', retryAfter: 'never' },
};

/** Why an answer has the shape of a refusal by the checks; the last is none, but is sent where every 409 has that shape. */
export type RefusalCode = ViolationCode | 'IDEMPOTENT_REQUEST_IN_PROGRESS';

const codes: readonly RefusalCode[] = [...(Object.keys(traits) as ViolationCode[]), 'IDEMPOTENT_REQUEST_IN_PROGRESS'];

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const nothing = { type: 'null' } as const;
const uuid = { type: 'string', format: 'uuid' } as const;

/** Of a request whose `Idempotency-Key` is in use: no rule is asked. */
const noDetails = {
  type: 'object',
  required: ['rule_id', 'rule_name', 'rule_type', 'violations'],
  properties: {
    rule_id: nothing,
    rule_name: nothing,
    rule_type: nothing,
    violations: { type: 'array', maxItems: 0 },
  },
} as const;

/** What belongs to the code, and what every refusal tells besides. */
function detailsOf(code: RefusalCode): object {
  if (code === 'IDEMPOTENT_REQUEST_IN_PROGRESS') return noDetails;
  const own = detailsSchemas[code];
  const always: Properties = {
    rule_id:
      code === 'CONCURRENT_DEPLOYMENT' ? { ...uuid, type: ['string', 'null'], description: 'Null: built in' } : uuid,
    rule_name: { type: 'string' },
    rule_type: { type: 'string', const: traits[code].ruleType },
    preflight_check_id: { ...uuid, description: 'The record of this attempt: `GET /preflight-checks/{id}`' },
    product_id: uuid,
    version_id: { ...uuid, description: 'What can be approved: `POST /versions/{id}/approvals`' },
    environment_id: uuid,
    violations: {
      type: 'array',
      minItems: 1,
      items: ref('VerdictViolationDto'),
      description: 'Everything that is not met, enforced or only reported, in the order of precedence',
    },
  };
  return {
    type: 'object',
    description: own.description,
    required: [...own.required, ...Object.keys(always)],
    properties: { ...own.properties, ...always },
  };
}

/** The documented object. */
function refusal(code: RefusalCode): ObjectSchema {
  const retryAfter = code === 'IDEMPOTENT_REQUEST_IN_PROGRESS' ? 'never' : traits[code].retryAfter;
  const ends = 'When this ends, in UTC, rounded up to the second';
  return {
    type: 'object',
    required: ['error', 'message', 'code', ...(retryAfter === 'always' ? ['retry_after'] : []), 'details'],
    properties: {
      error: { type: 'string', const: 'deployment_blocked' },
      message: { type: 'string', description: 'Why, until when, what to do: for a person' },
      code: { type: 'string', const: code },
      ...(retryAfter === 'never'
        ? {}
        : {
            retry_after: {
              type: 'string',
              format: 'date-time',
              description: retryAfter === 'always' ? ends : `${ends}; absent where no time is known`,
            },
          }),
      details: { ...detailsOf(code) },
    },
  };
}

/** The documented object with the same once more under `detail`, as it is sent. */
function answer(code: RefusalCode): ObjectSchema {
  const { required, properties, ...rest } = refusal(code);
  const detail = {
    ...ref(`${pascalCase(code)}Refusal`),
    description: 'The same object once more: the CLI and the CI action read it here',
  };
  return { ...rest, required: [...required, 'detail'], properties: { ...properties, detail } };
}

const answerRef = (code: RefusalCode) => ref(`${pascalCase(code)}Answer`);

/** For each code: what belongs to it, the documented object, and that as it is sent. */
export const blockedSchemas: Readonly<Record<string, object>> = Object.fromEntries([
  ...Object.entries(detailsSchemas).map(([code, schema]) => [detailsSchemaName(code as ViolationCode), schema]),
  ...codes.flatMap((code) => [
    [`${pascalCase(code)}Refusal`, refusal(code)],
    [`${pascalCase(code)}Answer`, answer(code)],
  ]),
]);

/** The schema of an answer that may have any of some codes. */
export function blockedAnswer(of: readonly RefusalCode[]): Readonly<Record<string, unknown>> {
  if (of.length === 1) return answerRef(of[0]!);
  const mapping = Object.fromEntries(of.map((code) => [code, answerRef(code).$ref]));
  return { oneOf: of.map(answerRef), discriminator: { propertyName: 'code', mapping } };
}
