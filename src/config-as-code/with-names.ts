import { nameKey } from '../catalog/name-key.js';
import type { Fields, Thing } from './configuration.js';

/** What something is called, by its id or as it was written. */
export type Name = (text: string) => string;

/** The names of things in place of their ids; what is not known stays as it was written. */
export function namer(things: readonly Pick<Thing, 'id' | 'fields'>[]): Name {
  const names = new Map(things.map(({ id, fields }) => [id, String(fields['name'])]));
  return (text) => names.get(nameKey(text)) ?? text;
}

/**
 * A rule with names wherever it has the id of a product or environment: rules take both, ids mean nothing to another
 * service, and nothing is different where one stands for the other.
 */
export function withNames(rule: Fields, product: Name, environment: Name): Fields {
  const { config } = rule;
  return {
    ...renamed(rule, { products: product, environments: environment }),
    ...(typeof config === 'object' && config !== null && !Array.isArray(config)
      ? {
          config: renamed(config as Fields, {
            target_environment: environment,
            required_environments: environment,
            prerequisite_environment: environment,
            soak_minutes: environment,
          }),
        }
      : {}),
  };
}

function renamed(fields: Fields, names: Readonly<Record<string, Name>>): Fields {
  const entries = Object.entries(fields).map(([field, value]): [string, unknown] => {
    return [field, Object.hasOwn(names, field) ? renamedIn(value, names[field]!) : value];
  });
  return Object.fromEntries(entries);
}

/** A text, the items of a list, or the keys of an object. */
function renamedIn(value: unknown, name: Name): unknown {
  if (typeof value === 'string') return name(value);
  if (Array.isArray(value)) return value.map((item: unknown) => (typeof item === 'string' ? name(item) : item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]: [string, unknown]) => [name(key), item]));
}
