import fc from 'fast-check';

/** The part of a JSON schema that tells what a client may send. */
export interface FieldSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly example?: unknown;
  readonly items?: FieldSchema;
  readonly properties?: Readonly<Record<string, FieldSchema>>;
}

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: FieldSchema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: FieldSchema }>> };
}

/** The part of an OpenAPI document that tells what a client may ask. */
export interface RequestDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, FieldSchema>> };
}

/** A request as somebody may send it who means no good, or has made a mistake. */
export interface HostileRequest {
  readonly method: string;
  /** With the query string. */
  readonly path: string;
  readonly caller: 'admin' | 'key' | 'stranger' | 'nobody';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

const times = ['2026-03-02T14:00:00Z', '1970-01-01T00:00:00Z', '9999-12-30T00:00:00Z', '2026-03-02 15:00:00.5+01:00'];
const unknownId = '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a99';

const nastyTexts = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  '\u202e\u0007\r\nx',
  "'; DROP TABLE accounts; --",
  '<svg onload=alert(1)>]]>"',
  '%00/../..%2f',
  '__proto__',
  'constructor',
  '{{x}} ${x} %s%n',
  'İſ\u{1d160}',
  '1e400',
  '-1',
  '9'.repeat(400),
  'x'.repeat(3_000),
  '😀'.repeat(256),
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:60.999999999+23:59',
  unknownId,
];
const nastyBodies = ['', ' ', '{', 'null', '[]', '"x"', '1e400', '{"a":1,}', `${'['.repeat(80)}${']'.repeat(80)}`];
const nastyHeaders: readonly (readonly [name: string, values: readonly string[]])[] = [
  ['Idempotency-Key', ['a', 'b', '', 'x'.repeat(256), '\u00ff\u0080 "']],
  ['If-Match', ['*', '"x"', 'W/"x", "y"', ',,,', 'x'.repeat(2_000)]],
  ['If-None-Match', ['*', '"x"', ',']],
  ['X-Request-Id', ['ok', '<x>', 'x'.repeat(200)]],
  ['Content-Type', ['text/plain', 'application/json; charset=utf-7', 'application/x+json', 'x']],
  ['Content-Encoding', ['gzip', 'identity', '__proto__', 'br, gzip']],
  ['X-HTTP-Method-Override', ['DELETE']],
  ['X-Forwarded-For', ['1.2.3.4', 'nonsense']],
];

const nastyText = fc.oneof(
  fc.constantFrom(...nastyTexts),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
);
const nastyValue = fc.oneof(
  nastyText,
  fc.constantFrom<unknown>(null, true, -0, 1e308, 2 ** 53, 0.1, [], {}, [null], { toJSON: 1, length: -1 }),
  fc.jsonValue({ maxDepth: 12 }),
);

/** Requests to every route of a document: mostly near what it asks for, so that they reach the depths, seldom just so. */
export function hostileRequests(document: RequestDocument, ids: readonly string[]): fc.Arbitrary<HostileRequest> {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => requestsTo(document, method, path, operation, ids)),
  );
  return fc.oneof(...operations);
}

function requestsTo(
  document: RequestDocument,
  method: string,
  path: string,
  { parameters = [], requestBody }: Operation,
  ids: readonly string[],
): fc.Arbitrary<HostileRequest> {
  const id = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...ids) }, nastyText);
  const word = fc.oneof(fc.constantFrom(...ids, 'fuzz', 'production', '1'), nastyText);
  const segments = fc.tuple(...path.split(/(\{\w+\})/).map((part) => segment(part, part === '{id}' ? id : word)));
  const pairs = parameters
    .filter((parameter) => parameter.in === 'query')
    .map(({ name, schema }) => fc.array(queryValue(schema, ids), { maxLength: 2 }).map((sent) => repeated(name, sent)));
  const query = fc.tuple(
    fc.tuple(...pairs).map((all) => all.flatMap((some) => (some.length > 1 ? some : some.slice(0, 1)))),
    seldom(nastyText.map((name) => [[name, 'x'] as const])),
  );
  const body = requestBody?.content['application/json']?.schema;
  return fc
    .record({
      method: fc.oneof(
        { weight: 20, arbitrary: fc.constant(method.toUpperCase()) },
        fc.constantFrom('HEAD', 'PUT', 'OPTIONS'),
      ),
      path: segments.map((parts) => parts.join('')),
      query,
      caller: fc.oneof(
        { weight: 9, arbitrary: fc.constant('admin' as const) },
        fc.constantFrom('key' as const, 'stranger' as const, 'nobody' as const),
      ),
      headers: headers(),
      body: body === undefined ? fc.constant(undefined) : bodies(document, body, ids),
    })
    .map(({ query: [declared, undeclared], ...request }) => {
      const search = new URLSearchParams();
      for (const [name, value] of [...declared, ...(undeclared ?? [])]) search.append(name, value);
      const takesBody = !['GET', 'HEAD'].includes(request.method);
      return {
        ...request,
        path: search.size === 0 ? request.path : `${request.path}?${search.toString()}`,
        body: takesBody ? request.body : undefined,
      };
    });
}

function segment(part: string, value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  if (!part.startsWith('{')) return fc.constant(part);
  // A lone surrogate has no form in a URL; a dot would name another path.
  return value.map((text) => encodeURIComponent(Buffer.from(text).toString()).replaceAll('.', '%2E') || '%20');
}

function repeated(name: string, values: readonly string[]): (readonly [string, string])[] {
  return values.map((value) => [name, value] as const);
}

function queryValue(schema: FieldSchema, ids: readonly string[]): fc.Arbitrary<string> {
  const sound = soundValue(schema.items ?? schema, ids).map((value) => String(value));
  return fc.oneof({ weight: 3, arbitrary: sound }, nastyText);
}

function headers(): fc.Arbitrary<Record<string, string>> {
  const each = nastyHeaders.map(([name, values]) => seldom(fc.constantFrom(...values).map((value) => [name, value])));
  return fc.tuple(...each).map((sent) => Object.fromEntries(sent.filter((entry) => entry !== null)));
}

function bodies(document: RequestDocument, schema: FieldSchema, ids: readonly string[]): fc.Arbitrary<string> {
  const { properties = {} } = schema.$ref ? document.components.schemas[schema.$ref.split('/').at(-1)!]! : schema;
  const fields = Object.entries(properties).map(([name, field]) => {
    const value = fc.oneof({ weight: 12, arbitrary: soundValue(field, ids) }, nastyValue);
    return fc.oneof({ weight: 12, arbitrary: value.map((sent) => [name, sent]) }, fc.constant(null));
  });
  const unknown = seldom(fc.tuple(nastyText, nastyValue));
  const objects = fc
    .tuple(...fields, unknown)
    .map((sent) => JSON.stringify(Object.fromEntries(sent.filter((entry) => entry !== null))));
  return fc.oneof({ weight: 19, arbitrary: objects }, fc.constantFrom(...nastyBodies));
}

/** What the document would have there. */
function soundValue(schema: FieldSchema, ids: readonly string[]): fc.Arbitrary<unknown> {
  const type = typeof schema.type === 'string' ? schema.type : schema.type?.[0];
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.format === 'date-time') return fc.constantFrom(...times);
  if (schema.format === 'uuid') return fc.constantFrom(...ids);
  if (type === 'boolean') return fc.boolean();
  if (type === 'integer') return fc.integer({ min: 0, max: 300 });
  if (type === 'array') return fc.array(soundValue(schema.items ?? {}, ids), { maxLength: 3 });
  if (type === 'object') return fc.dictionary(nastyText, nastyValue, { maxKeys: 3 });
  return fc.constantFrom(schema.example ?? 'fuzz', 'fuzz', 'started', 'completed');
}

function seldom<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.oneof({ weight: 11, arbitrary: fc.constant(null) }, arbitrary);
}
