import { Injectable } from '@nestjs/common';
import type { Fault } from '../common/errors/invalid.error.js';
import { NarrowedNamesRepository } from './narrowed-names.repository.js';

/** What a key shall be narrowed to, by names or ids; null: to nothing; undefined: not said. */
export interface AskedNarrowing {
  readonly products?: readonly string[] | null;
  readonly environments?: readonly string[] | null;
}

/** The ids that were asked for, absent where nothing was said, and what is not known. */
interface ResolvedNarrowing {
  readonly productIds?: string[];
  readonly environmentIds?: string[];
  readonly faults: Fault[];
}

/** Finds the products and environments that a key shall be narrowed to. */
@Injectable()
export class KeyNarrowing {
  constructor(private readonly names: NarrowedNamesRepository) {}

  async resolve(
    tx: Parameters<NarrowedNamesRepository['productIds']>[0],
    accountId: string,
    { products, environments }: AskedNarrowing,
  ): Promise<ResolvedNarrowing> {
    const productIds = products && (await this.names.productIds(tx, accountId, products));
    const environmentIds = environments && (await this.names.environmentIds(tx, accountId, environments));
    return {
      ...(productIds === undefined ? {} : { productIds: known(productIds) }),
      ...(environmentIds === undefined ? {} : { environmentIds: known(environmentIds) }),
      faults: [...faultsOf('product', productIds), ...faultsOf('environment', environmentIds)],
    };
  }
}

/** Each once, in the order in which they were named. */
function known(ids: readonly (string | null)[] | null): string[] {
  return [...new Set((ids ?? []).filter((id) => id !== null))];
}

function faultsOf(what: 'product' | 'environment', ids: readonly (string | null)[] | null | undefined): Fault[] {
  return (ids ?? []).flatMap((id, i) =>
    id === null ? [{ loc: ['body', `${what}s`, i], msg: `unknown ${what}`, type: 'value_error.unknown' }] : [],
  );
}
