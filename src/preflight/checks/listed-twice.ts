import type { Fault } from '../../common/errors/invalid.error.js';

/** A fault for each item that says again what an earlier one says. Items that are no text have faults of their own. */
export function listedTwice(keys: readonly unknown[], loc: Fault['loc']): Fault[] {
  return keys.flatMap((key, index) =>
    typeof key === 'string' && keys.indexOf(key) < index
      ? [{ loc: [...loc, index], msg: 'the list has duplicated items', type: 'value_error.list.unique_items' }]
      : [],
  );
}
