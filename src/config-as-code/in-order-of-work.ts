import type { Change } from './configuration.js';

/**
 * The order in which changes are made: what one makes room for comes before what needs it. Rules go before what they name
 * is put away, things come before rules name them, and admins are made before others stop to be.
 */
export function inOrderOfWork(changes: readonly Change[]): Change[] {
  return changes.toSorted((one, other) => rankOf(one) - rankOf(other));
}

function rankOf({ section, verb, wanted }: Change): number {
  switch (section) {
    case 'account':
      return 0;
    case 'rules':
      return verb === 'remove' ? 1 : verb === 'update' ? 4 : 5;
    case 'environments':
    case 'products':
      return verb === 'update' ? 2 : verb === 'create' ? 3 : 8;
    case 'people':
    case 'service_accounts':
      return verb === 'create' || wanted['role'] === 'admin' || wanted['deactivated'] === false ? 6 : 7;
  }
}
