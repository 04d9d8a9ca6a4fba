import { notInExample } from '../common/validation/field.js';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly example?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly [notInExample]?: true;
}

export type Schemas = Readonly<Record<string, Schema>>;

/** A value of a schema, put together from the examples of its properties; undefined for what has none. */
export function exampleOf(schema: Schema, schemas: Schemas): unknown {
  if (schema.example !== undefined) return schema.example;
  if (schema.const !== undefined) return schema.const;
  if (schema.$ref !== undefined) return exampleOf(schemas[schema.$ref.split('/').at(-1)!] ?? {}, schemas);
  const inner = schema.allOf ?? schema.anyOf?.slice(0, 1);
  if (inner !== undefined) return Object.assign({}, ...inner.map((part) => exampleOf(part, schemas))) as object;
  if (schema.items !== undefined) {
    const item = exampleOf(schema.items, schemas);
    return item === undefined ? [] : [item];
  }
  if (schema.properties !== undefined) {
    const shown = Object.entries(schema.properties).filter(([, property]) => property[notInExample] !== true);
    const entries = shown.map(([name, property]) => [name, exampleOf(property, schemas)]);
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as object;
  }
  return schema.enum?.[0];
}
