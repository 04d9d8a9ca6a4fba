import type { Fault } from '../common/errors/invalid.error.js';

/** The fault of an event that names something new while the account's catalog is closed (`catalog: "closed"`). */
export function closedCatalogFault(field: string, what: 'product' | 'environment'): Fault {
  return {
    loc: ['body', field],
    msg: `unknown ${what}; the catalog of this account is closed`,
    type: 'value_error.unknown',
  };
}
