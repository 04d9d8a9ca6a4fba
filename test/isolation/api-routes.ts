import { full } from '../support/full.js';
import { bearer, type Wire } from './wire.js';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly example?: unknown;
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Operation {
  readonly 'x-permission'?: string;
  readonly parameters?: readonly (Parameter | { readonly $ref: string })[];
  readonly requestBody?: {
    readonly content: Record<string, { example?: unknown; examples?: Record<string, { value: unknown }> }>;
  };
  readonly responses: Readonly<Record<string, unknown>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** One operation of the document that the running service serves. */
export interface Route {
  readonly method: string;
  /** With its parameters in braces. */
  readonly path: string;
  /** What the document says about who is let in. */
  readonly documented: string;
  readonly pathParameters: readonly Parameter[];
  readonly queryParameters: readonly Parameter[];
  /** The examples of its body, the first first; none where it takes no body. */
  readonly examples: readonly object[];
  readonly takesIfMatch: boolean;
}

/** All routes there are: nobody has to add a new one anywhere. */
export async function readRoutes(wire: Wire): Promise<Route[]> {
  const { paths } = JSON.parse((await wire.send({ method: 'GET', path: '/openapi.json' })).body) as Document;
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => toRoute(method.toUpperCase(), path, operation)),
  );
}

function toRoute(method: string, path: string, operation: Operation): Route {
  const parameters = (operation.parameters ?? []).filter((one): one is Parameter => 'in' in one);
  const json = operation.requestBody?.content['application/json'];
  return {
    method,
    path,
    documented: operation['x-permission'] ?? 'nothing',
    pathParameters: parameters.filter((one) => one.in === 'path'),
    queryParameters: parameters.filter((one) => one.in === 'query'),
    examples: [
      ...(json?.example === undefined ? [] : [json.example]),
      ...Object.values(json?.examples ?? {}).map(({ value }) => value),
    ] as object[],
    takesIfMatch: operation.responses['412'] !== undefined,
  };
}

/** What stands for an id that nothing has. */
export const nobodysId = '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a98';

/**
 * Finds what the parameters of a path can be filled with, from the point of view of one admin: the id of the first
 * element of the collection that the path says it is of. A collection that is empty is given an element by its POST and
 * the example of that. What cannot be filled is an error: a new resource must be reachable like the others.
 */
export class PathFiller {
  private readonly found = new Map<string, Promise<string>>();

  constructor(
    private readonly wire: Wire,
    private readonly routes: readonly Route[],
    private readonly adminToken: string,
    /** Makes of an example what this account is to hold. */
    private readonly dress: (example: object) => object = (example) => example,
  ) {}

  /** Every id that has been found so far. */
  async ids(): Promise<string[]> {
    return Promise.all(this.found.values());
  }

  /** Of all ids those to try where something is named: what the name says it is, and some others. */
  async idsFor(name: string): Promise<string[]> {
    const all = await this.ids();
    const kind = name.replace(/_(ids?|names?)$/, '').replace(/s$/, '');
    const own = await Promise.all([...this.found].filter(([key]) => key.startsWith(`/${kind}s/{`)).map(([, id]) => id));
    const start = [...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
    const others = Array.from({ length: full(all.length, 2) }, (_, n) => all[(start + n * 5) % all.length]!);
    return [...new Set([...own, ...others])];
  }

  /** The path with ids of this account. */
  async fill(path: string): Promise<string> {
    let filled = '';
    let declared = '';
    for (const segment of path.split(/(?=\/)/)) {
      const name = /\{([^}]+)\}/.exec(segment)?.[1];
      const value = name === undefined ? null : await this.valueOf(declared, filled, name);
      filled += value === null ? segment : segment.replace(/\{[^}]+\}/, encodeURIComponent(value));
      declared += segment;
    }
    return filled;
  }

  /** The query string that a route cannot do without; empty for most. */
  async query({ queryParameters }: Route): Promise<string> {
    const needed = queryParameters.filter(({ required }) => required === true);
    const values = await Promise.all(needed.map(({ name }) => this.nameOf(name)));
    return values.length === 0 ? '' : `?${needed.map(({ name }, n) => `${name}=${values[n]!}`).join('&')}`;
  }

  private async valueOf(collection: string, filled: string, name: string): Promise<string> {
    const key = `${filled}/{${name}}`;
    const value = this.found.get(key) ?? this.firstOf(collection, filled, name);
    this.found.set(key, value);
    return value;
  }

  private async firstOf(collection: string, filled: string, name: string): Promise<string> {
    const isCollection = ({ path }: Route) => path.replace(/\/$/, '') === collection;
    const declared = this.routes.filter(isCollection);
    if (!declared.some(({ method }) => method === 'GET')) {
      throw new Error(`{${name}} of ${collection} cannot be filled: there is no GET ${collection}/ that lists ids`);
    }
    const listed = await this.listed(filled);
    if (listed !== null) return listed;
    const post = declared.find(({ method }) => method === 'POST');
    const example = post?.examples[0];
    const made = await this.ask('POST', filled, example === undefined ? undefined : this.dress(example));
    const again = await this.listed(filled);
    if (again === null) {
      throw new Error(
        `{${name}} of ${collection} cannot be filled: it is empty, and its POST answers ${made.status}: ${made.body}`,
      );
    }
    return again;
  }

  private async listed(filled: string): Promise<string | null> {
    const { status, body } = await this.ask('GET', filled);
    const list = status === 200 ? (JSON.parse(body) as unknown) : null;
    const first = Array.isArray(list) ? (list[0] as { id?: unknown } | undefined) : undefined;
    return typeof first?.id === 'string' ? first.id : null;
  }

  /** The name of the first of the things that a query parameter is called after: `product`, `environment`. */
  private async nameOf(parameter: string): Promise<string> {
    const { status, body } = await this.ask('GET', `/${parameter}s/`);
    const list = status === 200 ? (JSON.parse(body) as { name?: string }[]) : [];
    const name = list[0]?.name;
    if (name === undefined) throw new Error(`The query parameter ${parameter} is required, and cannot be filled`);
    return encodeURIComponent(name);
  }

  private async ask(method: string, path: string, body?: object) {
    return this.wire.send({ method, path, headers: bearer(this.adminToken), ...(body === undefined ? {} : { body }) });
  }
}
