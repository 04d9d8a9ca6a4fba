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

  /** The placeholder of a value, with its SQL type. */
  add(value: unknown, type: string): string {
    this.values.push(value);
    return `$${this.values.length}::${type}`;
  }
}
