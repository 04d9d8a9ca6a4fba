import type { Fault } from '../common/errors/invalid.error.js';
import type { CatalogName } from './catalog-names.js';
import { nameKey } from './name-key.js';

interface Ordered {
  readonly id: string;
  readonly names: readonly CatalogName[];
}

/** Between two neighbours, so that one can be put between them by hand. */
const step = 10;

/**
 * The positions of all environments when some are listed: those first, the others behind them in the order that they
 * have.
 * @param present all of them, in their order
 * @param listed names (present or former) or ids
 */
export function orderEnvironments(
  present: readonly Ordered[],
  listed: readonly string[],
): { positions: ReadonlyMap<string, number>; faults: readonly Fault[] } {
  const found = listed.map(
    (value) =>
      present.find(({ id }) => id === value.toLowerCase()) ??
      present.find(({ names }) => names.some(({ key }) => key === nameKey(value))),
  );
  const faults = found.flatMap((environment, i): Fault[] => {
    const loc = ['body', 'environments', i];
    if (environment === undefined) return [{ loc, msg: 'unknown environment', type: 'value_error.unknown' }];
    if (found.indexOf(environment) === i) return [];
    return [{ loc, msg: 'environment is listed twice', type: 'value_error.listed_twice' }];
  });
  const others = present.filter((environment) => !found.includes(environment));
  const order = [...found.filter((environment) => environment !== undefined), ...others];
  return { positions: new Map(order.map(({ id }, i) => [id, (i + 1) * step])), faults };
}
