import { PageQuery } from '../common/http/pagination.js';
import { EnumField } from '../common/validation/fields.js';
import { QueryListField, QueryStringField } from '../common/validation/query-fields.js';
import { QueryEnumListField } from '../common/validation/query-fields.js';
import { type EnvironmentType, environmentTypes } from './infer-environment-type.js';

const archivedStates = ['false', 'true', 'all'] as const;
type ArchivedState = (typeof archivedStates)[number];

/** The filters that the lists of products and of environments share. */
export class CatalogQuery extends PageQuery {
  @QueryListField({ description: 'Names (present or former, letter case ignored) or ids', example: ['my-service'] })
  name?: string[];

  @EnumField({
    required: false,
    values: archivedStates,
    description:
      'true: only archived ones; all: those too. Unless said, they are hidden, but for those that `name` names',
    example: 'false',
  })
  archived?: ArchivedState;
}

/** The filters of the list of products. */
export class ProductsQuery extends CatalogQuery {
  @QueryListField({ description: 'Their labels, exactly', example: ['service'] })
  type?: string[];
}

/** The filters of the list of environments. */
export class EnvironmentsQuery extends CatalogQuery {
  @QueryEnumListField({ values: environmentTypes, description: 'What they are for', example: ['production'] })
  type?: EnvironmentType[];
}

/** What guards what is hard to undo. */
export class ConfirmQuery {
  @QueryStringField({ description: 'The present name of what is to be archived', example: 'my-service' })
  confirm?: string;
}

/** Which of them a list shows: only archived ones (true), none of them (false), or both (null). */
export function archivedShown({ archived, name }: Pick<CatalogQuery, 'archived' | 'name'>): boolean | null {
  if (archived === 'all' || (archived === undefined && name !== undefined)) return null;
  return archived === 'true';
}
