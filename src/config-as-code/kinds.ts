import { UpdateAccountDto } from '../accounts/account.dto.js';
import { fieldsOf } from '../common/validation/compile-dto.js';
import {
  EnvironmentEntryDto,
  PersonEntryDto,
  ProductEntryDto,
  RuleEntryDto,
  ServiceAccountEntryDto,
} from './configuration.dto.js';
import type { Section } from './configuration.js';

/** How the things of one section are told of. */
export interface Kind {
  /** One of them, in words. */
  readonly noun: string;
  /** The field by which a file says which one it means. */
  readonly identifier: 'name' | 'email';
  /** The field that holds names under which it may still be found. */
  readonly former: 'aliases' | 'formerly';
  readonly dto: new () => object;
  /** Whether what a file does not name may be removed. */
  readonly prunable: boolean;
}

export const kinds: Readonly<Record<Section, Kind>> = {
  environments: {
    noun: 'environment',
    identifier: 'name',
    former: 'aliases',
    dto: EnvironmentEntryDto,
    prunable: true,
  },
  products: { noun: 'product', identifier: 'name', former: 'aliases', dto: ProductEntryDto, prunable: true },
  rules: { noun: 'rule', identifier: 'name', former: 'formerly', dto: RuleEntryDto, prunable: true },
  people: { noun: 'person', identifier: 'email', former: 'formerly', dto: PersonEntryDto, prunable: false },
  service_accounts: {
    noun: 'service account',
    identifier: 'name',
    former: 'formerly',
    dto: ServiceAccountEntryDto,
    prunable: false,
  },
};

/** What a file says of one of them, in the order in which it is written; `formerly` is only about finding it. */
export function fieldNames(kind: Kind): string[] {
  const names = fieldsOf(kind.dto).map(({ name }) => name);
  return [kind.identifier, ...names.filter((name) => name !== kind.identifier && name !== 'formerly')];
}

export const accountFields = fieldsOf(UpdateAccountDto).map(({ name }) => name);
