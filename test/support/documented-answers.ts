import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

type Json = Readonly<Record<string, unknown>>;

interface DocumentedResponse {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, { readonly schema?: Json }>>;
}

interface Document {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, DocumentedResponse>> }>>>
  >;
  readonly components: { readonly responses: Readonly<Record<string, DocumentedResponse>> };
}

/** What a service answered to a request. */
export interface Answered {
  readonly method: string;
  /** With or without a query string. */
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
}

/** What may be answered where there is no route. */
const unknownRoute = ['Error401', 'Error404', 'Error405', 'Error429', 'Error500', 'Error503'];

/** Holds live answers against the OpenAPI document that the service serves: status, and every field of the body. */
export class DocumentedAnswers {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });
  private readonly validators = new Map<string, ValidateFunction>();
  private readonly routes: readonly { readonly pattern: RegExp; readonly path: string }[];

  constructor(private readonly document: Document) {
    addFormats.default(this.ajv);
    this.ajv.addSchema(closed(document) as Json, 'document');
    // A literal segment comes before a parameter, as in the router.
    this.routes = Object.keys(document.paths)
      .sort((a, b) => a.split('{').length - b.split('{').length)
      .map((path) => ({ path, pattern: new RegExp(`^${path.replace(/\/$/, '').replace(/\{[^}]+\}/g, '[^/]+')}/?$`) }));
  }

  static async of(url: string): Promise<DocumentedAnswers> {
    const response = await fetch(new URL('/openapi.json', url));
    if (!response.ok) throw new Error(`GET /openapi.json answered ${response.status}`);
    return new DocumentedAnswers((await response.json()) as Document);
  }

  /** @throws Error for an answer that the document does not have */
  check({ method, path, status, body }: Answered): void {
    const served = path.split('?', 1)[0]!.replace(/\/{2,}/g, '/');
    const verb = (method === 'HEAD' ? 'GET' : method).toLowerCase();
    const matching = this.routes.filter(({ pattern }) => pattern.test(served));
    // As in the router, a literal path that does not know the method leaves it to a parameter that does.
    const route = matching.find(({ path: shown }) => this.document.paths[shown]?.[verb] !== undefined) ?? matching[0];
    const operation = route && this.document.paths[route.path]?.[verb];
    const pointer =
      route && operation
        ? this.pointerOf(operation.responses[status], `/paths/${escape(route.path)}/${verb}/responses/${status}`)
        : this.pointerOf(this.unknown(status), `/components/responses/Error${status}`);
    const name = `${method} ${path} answered ${status}`;
    if (pointer === null) throw new Error(`${name}, which the OpenAPI document does not have`);
    if (pointer === '' || method === 'HEAD') return;
    const validate = this.validator(pointer);
    if (validate(body)) return;
    const faults = validate.errors?.map(
      ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
    );
    throw new Error(
      `${name} with a body that the OpenAPI document does not have:\n${faults?.join('\n')}\n${JSON.stringify(body)}`,
    );
  }

  private unknown(status: number): DocumentedResponse | undefined {
    return unknownRoute.includes(`Error${status}`) ? this.document.components.responses[`Error${status}`] : undefined;
  }

  /** Of the JSON schema of a response; empty where it has no JSON, null where there is no such response. */
  private pointerOf(response: DocumentedResponse | undefined, at: string): string | null {
    if (response === undefined) return null;
    if (response.$ref !== undefined) {
      const name = response.$ref.split('/').at(-1)!;
      return this.pointerOf(this.document.components.responses[name], `/components/responses/${name}`);
    }
    return response.content?.['application/json']?.schema === undefined ? '' : `${at}/content/application~1json/schema`;
  }

  private validator(pointer: string): ValidateFunction {
    const known = this.validators.get(pointer) ?? this.ajv.compile({ $ref: `document#${encodeURI(pointer)}` });
    this.validators.set(pointer, known);
    return known;
  }
}

let ofThisRelease: Promise<DocumentedAnswers | null> | null = null;

/**
 * Holds an answer against the document. All services of a test run are of one release and have one document, which the
 * first that can be asked for it tells.
 */
export async function expectDocumented(url: string, answered: Answered): Promise<void> {
  // The numbers for Prometheus are no part of the API.
  if (answered.path.startsWith('/metrics')) return;
  ofThisRelease ??= DocumentedAnswers.of(url).catch(() => (ofThisRelease = null));
  (await ofThisRelease)?.check(answered);
}

function escape(path: string): string {
  return path.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** The same with every object closed: a field that the document does not have is a fault here, though clients ignore it. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, key.startsWith('example') ? value : closed(value)]),
  );
  if (copy['type'] === 'object' && copy['properties'] !== undefined && copy['additionalProperties'] === undefined) {
    copy['additionalProperties'] = false;
  }
  return copy;
}
