import type { ReadStatement } from './database.js';

/** A statement that only reads, and the values of its parameters. */
export interface BoundStatement {
  readonly statement: ReadStatement;
  readonly values: unknown[];
}

/**
 * Collects the values of a statement whose text is put together from fixed pieces: what a client sent becomes a
 * parameter and never a part of the text.
 */
export class Parameters {
  readonly values: unknown[] = [];

  /**
   * The placeholder of a value, with its SQL type. An array stands in a subquery, so that no plan depends on how many values
   * it holds: a plan for the single value that was sent looks cheaper than one for any number of them, which PostgreSQL takes
   * to be ten, and it would plan the statement anew for each request.
   */
  add(value: unknown, type: string): string {
    this.values.push(value);
    const placeholder = `$${this.values.length}::${type}`;
    return type.endsWith('[]') ? `(SELECT ${placeholder})::${type}` : placeholder;
  }
}
