import { expect } from '@jest/globals';
import type { Statement } from '../../src/database/database.js';

/** Every value or null, in every combination. */
export function combinations<Filter extends object>(values: Filter): { [Key in keyof Filter]: Filter[Key] | null }[] {
  return Object.keys(values).reduce<Record<string, unknown>[]>(
    (found, key) =>
      found.flatMap((one) => [
        { ...one, [key]: null },
        { ...one, [key]: values[key as keyof Filter] },
      ]),
    [{}],
  ) as { [Key in keyof Filter]: Filter[Key] | null }[];
}

/** Every way to cut a list. */
export const cuts = combinations({
  after: { createdAt: new Date(0), id: '' },
  from: new Date(0),
  to: new Date(0),
}).flatMap((cut) => [
  { ...cut, limit: 50 },
  { ...cut, limit: 51 },
]);

/**
 * A connection prepares a statement once by its name: two texts under one name would answer one list with another, and
 * PostgreSQL cuts names at 63 characters. Values are as many as the text has parameters.
 */
export function expectOwnNames(
  statements: readonly { readonly statement: Statement; readonly values: readonly unknown[] }[],
): void {
  const texts = new Map<string, string>();
  for (const { statement, values } of statements) {
    expect(statement.name.length).toBeLessThanOrEqual(63);
    if (statement.name !== '') {
      expect(texts.get(statement.name) ?? statement.text).toBe(statement.text);
      texts.set(statement.name, statement.text);
    }
    const parameters = new Set(statement.text.match(/\$\d+/g));
    expect([statement.name, parameters.size]).toEqual([statement.name, values.length]);
  }
  expect(texts.size).toBeGreaterThan(1);
}
