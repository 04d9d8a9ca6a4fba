import { DomainError } from './domain-error.js';

/** One fault of the input, as the wire shows it. */
export interface Fault {
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly type: string;
}

/** 422: every fault at once, in the order of the fields. */
export class InvalidError extends DomainError {
  readonly kind = 'invalid';
  constructor(readonly faults: readonly Fault[]) {
    super('The request is invalid');
  }
}
