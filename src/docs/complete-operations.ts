import type { OpenAPIObject } from '@nestjs/swagger';
import { errorsExtension, type ErrorStatus } from '../common/http/api-errors.decorator.js';
import { notInExample } from '../common/validation/field.js';
import { blockedConflict } from './blocked-responses.js';
import { type ErrorResponse, errorResponses } from './error-responses.js';
import { exampleOf, type Schemas } from './schema-example.js';

interface MediaType {
  schema?: object;
  example?: unknown;
  examples?: object;
}

interface Response {
  $ref?: string;
  content?: Record<string, MediaType>;
  headers?: Record<string, object>;
}

interface Operation {
  security?: object[];
  parameters?: { readonly schema?: Record<string, unknown> }[];
  requestBody?: { content: Record<string, MediaType> };
  responses: Record<string, Response>;
  'x-permission'?: string;
  [errorsExtension]?: ErrorStatus[];
}

const header = (name: string) => ({ $ref: `#/components/headers/${name}` });
const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const;

/** The refusals of `error-responses.ts` as components, which operations refer to. */
export const errorComponents: Readonly<Record<string, object>> = Object.fromEntries([
  ...Object.entries(errorResponses).map(([status, response]) => [`Error${status}`, toComponent(response)]),
  ['Blocked409', toComponent(blockedConflict)],
]);

function toComponent({ description, schema, examples, headers }: ErrorResponse): object {
  return {
    description,
    headers: Object.fromEntries(['X-Request-Id', ...headers].map((name) => [name, header(name)])),
    content: { 'application/json': { schema, examples } },
  };
}

/** Writes out what every operation of its kind has: refusals, headers and examples. */
export function completeOperations(document: OpenAPIObject): void {
  const schemas = (document.components?.schemas ?? {}) as Schemas;
  for (const item of Object.values(document.paths)) {
    for (const method of methods) {
      const operation = item[method] as unknown as Operation | undefined;
      if (operation !== undefined) complete(operation, method, schemas);
    }
  }
  for (const { properties = {} } of Object.values(schemas)) {
    for (const property of Object.values(properties)) delete (property as Record<string, unknown>)[notInExample];
  }
}

function complete(operation: Operation, method: string, schemas: Schemas): void {
  const isPublic = operation['x-permission'] === 'public';
  const statuses = refusalsOf(operation, method, isPublic);
  delete operation[errorsExtension];
  for (const { schema } of operation.parameters ?? []) if (schema !== undefined) withoutPrefill(schema);
  for (const [status, response] of Object.entries(operation.responses)) {
    if (!isPublic)
      addHeaders(response, ['X-Request-Id', 'X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset']);
    else addHeaders(response, ['X-Request-Id']);
    if (method === 'post' && !isPublic && status.startsWith('2')) addHeaders(response, ['Idempotency-Replayed']);
    addExamples(response.content, schemas);
  }
  for (const status of statuses) {
    const name = status === 409 && startsDeployments(statuses) ? 'Blocked409' : `Error${status}`;
    operation.responses[status] = { $ref: `#/components/responses/${name}` };
  }
  addExamples(operation.requestBody?.content, schemas);
  if (method === 'post' && !isPublic) addParameter(operation, 'IdempotencyKey');
  if (statuses.includes(412)) addParameter(operation, 'IfMatch');
  if (isPublic) operation.security ??= [];
}

/** On the routes that start deployments every 409 has the shape of the pre-flight refusals. */
function startsDeployments(statuses: readonly ErrorStatus[]): boolean {
  return statuses.includes(423) || statuses.includes(428);
}

function refusalsOf(operation: Operation, method: string, isPublic: boolean): ErrorStatus[] {
  const implied: ErrorStatus[] = [500, 503];
  if (!isPublic) implied.push(401, 403, 405, 422, 429);
  if (operation.requestBody !== undefined) implied.push(400, 413);
  if (method === 'post' && !isPublic) implied.push(409);
  return [...new Set([...implied, ...(operation[errorsExtension] ?? [])])].sort((a, b) => a - b);
}

/**
 * Swagger UI puts an `example` of a parameter into its field, so that whoever tries a route out would send a filter that
 * finds nothing, or an id that nobody has. It leaves `examples` of a schema (JSON Schema's own word) alone.
 */
function withoutPrefill(schema: Record<string, unknown>): void {
  if (schema['example'] === undefined) return;
  schema['examples'] = [schema['example']];
  delete schema['example'];
}

function addHeaders(response: Response, names: readonly string[]): void {
  response.headers = { ...response.headers, ...Object.fromEntries(names.map((name) => [name, header(name)])) };
}

function addParameter(operation: Operation, name: string): void {
  operation.parameters = [...(operation.parameters ?? []), { $ref: `#/components/parameters/${name}` } as object];
}

function addExamples(content: Record<string, MediaType> | undefined, schemas: Schemas): void {
  for (const media of Object.values(content ?? {})) {
    if (media.schema === undefined || media.example !== undefined || media.examples !== undefined) continue;
    const example = exampleOf(media.schema, schemas);
    if (example !== undefined) media.example = example;
  }
}
