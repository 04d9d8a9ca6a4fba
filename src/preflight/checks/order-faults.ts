import type { Fault } from '../../common/errors/invalid.error.js';
import { fieldsOf } from '../../common/validation/compile-dto.js';

/**
 * Faults of a configuration in the order of its fields, what it does not declare last: some are found by its fields one
 * by one, others only by looking at them together.
 *
 * @param loc of the configuration itself
 */
export function orderFaults(dto: new () => object, loc: Fault['loc'], faults: readonly Fault[]): readonly Fault[] {
  const names = fieldsOf(dto).map(({ name }) => name);
  const rank = (fault: Fault) => {
    const place = names.indexOf(String(fault.loc[loc.length]));
    return place === -1 ? names.length : place;
  };
  return faults.toSorted((a, b) => rank(a) - rank(b));
}
