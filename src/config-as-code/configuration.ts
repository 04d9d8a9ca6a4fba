import type { Fault } from '../common/errors/invalid.error.js';

/** What a file tells of, in the order in which it is shown. */
export const sections = ['environments', 'products', 'rules', 'people', 'service_accounts'] as const;
export type Section = (typeof sections)[number];

/** Fields as a file says them: those of the API, by their names there. */
export type Fields = Readonly<Record<string, unknown>>;

/** One thing of the service. */
export interface Thing {
  readonly id: string;
  readonly fields: Fields;
}

/** What the service holds of what a file may tell of. */
export interface Configuration extends Readonly<Record<Section, readonly Thing[]>> {
  readonly account: Fields;
}

/** How one field differs; `before` is undefined where the thing is new. */
export interface FieldChange {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** What must happen to one thing so that it is as the file says. */
export interface Change {
  readonly verb: 'create' | 'update' | 'remove';
  readonly section: Section | 'account';
  /** Null: it is not there yet. */
  readonly id: string | null;
  /** What it is called in the service or, where it is new, in the file. */
  readonly name: string;
  /** What differs; of what is new, what the file says of it. */
  readonly fields: readonly FieldChange[];
  /** What differs as it shall be; of what is new, all of it with what it begins with. */
  readonly wanted: Fields;
  /** Where the file says it; empty for what it does not name. */
  readonly loc: Fault['loc'];
}

/** What a file comes to; the changes count only where there is no fault. */
export interface Judgement {
  readonly changes: readonly Change[];
  readonly faults: readonly Fault[];
}
