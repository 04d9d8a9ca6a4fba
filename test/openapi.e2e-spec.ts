import { createConfig, lintFromString } from '@redocly/openapi-core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { blockCodes } from '../src/preflight/verdict.js';
import { type RunningVersioner, startVersioner } from '../src/testing/start-versioner.js';
import { DocumentedAnswers } from './support/documented-answers.js';

interface Response {
  readonly $ref?: string;
  readonly content?: Record<
    string,
    { schema?: Record<string, unknown>; example?: unknown; examples?: Record<string, { value: unknown }> }
  >;
}

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly security?: object[];
  readonly 'x-permission'?: string;
  readonly requestBody?: { content: Record<string, { example?: unknown; examples?: object }> };
  readonly responses: Record<string, Response>;
}

/** The body of a pre-flight refusal. */
interface Blocked {
  readonly code: string;
  readonly message: string;
  readonly details: { readonly violations: readonly Record<string, unknown>[] };
  readonly detail: object;
}

interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: {
    responses: Record<string, Response>;
    schemas: Record<string, { properties?: Record<string, object> }>;
  };
}

/** The documented answers of `contract/response-codes`, as examples; 502 is the proxy's. */
const contract: Readonly<Record<string, unknown>> = {
  400: 'Invalid JSON in request body',
  401: 'Invalid authentication credentials',
  403: 'You do not have permission to perform this action',
  404: 'Not found',
  405: 'Method Not Allowed',
  413: 'Request body too large',
  422: [
    { loc: ['body', 'product_name'], msg: 'field required', type: 'value_error.missing' },
    { loc: ['body', 'version'], msg: 'field required', type: 'value_error.missing' },
  ],
  429: 'Rate limit exceeded. Try again in 60 seconds.',
  500: 'Internal server error',
  503: 'Service temporarily unavailable',
};

describe('what the service says about itself', () => {
  let versioner: RunningVersioner;
  let text: string;
  let document: Document;

  beforeAll(async () => {
    versioner = await startVersioner();
    text = await (await fetch(`${versioner.url}/openapi.json`)).text();
    document = JSON.parse(text) as Document;
  }, 60_000);

  afterAll(async () => {
    await versioner?.stop();
  }, 60_000);

  const operations = () =>
    Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ name: `${method} ${path}`, method, operation })),
    );
  const resolved = (response: Response | undefined): Response =>
    response?.$ref === undefined
      ? (response ?? {})
      : (document.components.responses[response.$ref.split('/').at(-1)!] ?? {});

  it('is a valid OpenAPI 3.1 document, whose examples fit their schemas', async () => {
    expect(document.openapi).toBe('3.1.0');
    const config = await createConfig({
      rules: {
        struct: 'error',
        'no-unresolved-refs': 'error',
        'no-invalid-media-type-examples': { severity: 'error', allowAdditionalProperties: false },
        'no-invalid-parameter-examples': 'error',
        'no-invalid-schema-examples': 'error',
        'operation-operationId-unique': 'error',
        'path-parameters-defined': 'error',
        'no-identical-paths': 'error',
        'security-defined': 'error',
      },
    });
    const problems = await lintFromString({ source: text, absoluteRef: '/openapi.json', config });
    expect(problems.map(({ message, location }) => `${location[0]?.pointer}: ${message}`)).toEqual([]);
  });

  it('describes every operation: name, summary, permission, refusals', () => {
    const incomplete = operations().filter(({ operation }) => {
      const { operationId, summary, security } = operation;
      const permission = operation['x-permission'];
      const isPublic = permission === 'public';
      const needed = isPublic ? [500, 503] : [401, 403, 422, 429, 500, 503];
      return (
        !operationId ||
        !summary ||
        !permission ||
        // An invitation is asked for by its one route, and by no guard of the others.
        (security?.every((scheme) => Object.hasOwn(scheme, 'invitation')) ?? false) !== isPublic ||
        needed.some((status) => !operation.responses[status])
      );
    });
    expect(incomplete.map(({ name }) => name)).toEqual([]);
  });

  it('shows an example of every refusal of every operation, the documented one where there is one', () => {
    for (const { operation } of operations()) {
      for (const [status, response] of Object.entries(operation.responses)) {
        if (Number(status) < 400) continue;
        const examples = Object.values(resolved(response).content?.['application/json']?.examples ?? {});
        expect(examples.length).toBeGreaterThan(0);
        if (contract[status] !== undefined) expect(examples[0]?.value).toEqual({ detail: contract[status] });
      }
    }
  });

  it('shows one pre-flight refusal for every code, the documented one first, with the mirrored detail', () => {
    const event = document.paths['/deployment-events/']!['post']!;
    const shown = ['409', '423', '428'].flatMap((status) => {
      const examples = Object.values(resolved(event.responses[status]).content!['application/json']!.examples!);
      return examples.map(({ value }) => ({ status: Number(status), body: value as Blocked }));
    });
    // Deployment requests are still to come.
    const { DEPLOYMENT_REQUEST_REQUIRED: _, ...codes } = blockCodes;
    const documented = { ...codes, IDEMPOTENT_REQUEST_IN_PROGRESS: 409 };
    expect(Object.fromEntries(shown.map(({ status, body }) => [body.code, status]))).toEqual(documented);
    expect([409, 423, 428].map((status) => shown.find((one) => one.status === status)!.body.code)).toEqual([
      'CONCURRENT_DEPLOYMENT',
      'NO_DEPLOY_WINDOW',
      'APPROVAL_REQUIRED',
    ]);

    const answers = new DocumentedAnswers(document);
    for (const { status, body } of shown) {
      const { detail, ...top } = body;
      expect(detail).toEqual(top);
      answers.check({ method: 'POST', path: '/deployment-events/', status, body });
      if (body.code === 'IDEMPOTENT_REQUEST_IN_PROGRESS') continue;
      // What is told of the violation that answers is told of it in the list too.
      const { violations, ...details } = body.details;
      expect(violations).toMatchObject([{ code: body.code, message: body.message }]);
      expect(details).toMatchObject(violations[0]!['details'] as object);
    }
  });

  it('describes every field of what belongs to a code', () => {
    const schemas = Object.entries(document.components.schemas).filter(([name]) => name.endsWith('Details'));
    const without = schemas.flatMap(([name, { properties = {} }]) =>
      Object.entries(properties).flatMap(([key, schema]) =>
        'description' in schema || 'const' in schema ? [] : [`${name}.${key}`],
      ),
    );
    expect([schemas.length, without]).toEqual([7, []]);
  });

  it('shows an example of every JSON body, sent and answered', () => {
    const without = operations().filter(({ operation }) => {
      const sent = operation.requestBody?.content['application/json'];
      const answered = Object.entries(operation.responses)
        .filter(([status]) => status.startsWith('2'))
        .map(([, response]) => response.content?.['application/json']);
      return [sent, ...answered].some(
        (media) => media !== undefined && (media.example ?? media.examples) === undefined,
      );
    });
    expect(without.map(({ name }) => name)).toEqual(['get /openapi.json']);
  });

  it.each([
    ['/docs', 'swagger-ui-bundle.js', 'show-swagger-ui.js', 'swagger-ui.css'],
    ['/docs/', 'swagger-ui-bundle.js', 'show-swagger-ui.js', 'swagger-ui.css'],
    ['/redoc', 'redoc.standalone.js', 'show-redoc.js'],
    ['/redoc/', 'redoc.standalone.js', 'show-redoc.js'],
  ])('%s loads its files from here and from nowhere else', async (page, ...files) => {
    const response = await fetch(versioner.url + page);
    const html = await response.text();
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/default-src 'none'; script-src 'self';/);
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
    expect(html).not.toMatch(/https?:|<script>|style=|onload/);

    const loaded = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => new URL(url!, response.url).href);
    expect(new Set(loaded.map((url) => url.split('/').at(-1)))).toEqual(new Set(files));
    for (const url of [...loaded, new URL(/data-document="([^"]+)"/.exec(html)![1]!, response.url).href]) {
      const file = await fetch(url);
      expect([url, file.status]).toEqual([url, 200]);
      expect(file.headers.get('x-content-type-options')).toBe('nosniff');
      expect(await file.text()).not.toContain('cdn.redoc.ly');
    }
  });

  it.each(['x.js', '..%2f..%2fpackage.json', '__proto__', 'constructor'])('has no file %s', async (file) => {
    expect((await fetch(`${versioner.url}/docs/assets/${file}`)).status).toBe(404);
  });

  const id = '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a10';

  it.each([
    [`/manage/deployments?view=${id}`, `$VERSIONER_URL/deployments/${id}`],
    [`/manage/versions?view=${id}`, `$VERSIONER_URL/versions/${id}`],
    [`/manage/catalog?tab=versions&view=${id}`, `$VERSIONER_URL/versions/${id}`],
    ['/manage/deployments', '$VERSIONER_URL/deployments/'],
    ['/manage/deployments?view=%3Cscript%3Ealert(1)%3C/script%3E', '$VERSIONER_URL/deployments/'],
    ['/manage/versions?view=a&view=b', '$VERSIONER_URL/versions/'],
    ["/manage/versions?view=';rm -rf ~;'", '$VERSIONER_URL/versions/'],
  ])('%s shows how to ask for it', async (link, address) => {
    const response = await fetch(versioner.url + link);
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(html).toContain(
      `<pre>curl -H &quot;Authorization: Bearer $VERSIONER_TOKEN&quot; &quot;${address}&quot;</pre>`,
    );
    expect(html).not.toMatch(/<script|rm -rf|alert/);
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
  });
});
