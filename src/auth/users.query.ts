import { PageQuery } from '../common/http/pagination.js';
import { QueryBooleanField, QueryEnumListField, QueryStringField } from '../common/validation/query-fields.js';
import { type Role, roles, type UserKind, userKinds } from './permissions.js';

/** The filters of the list of users. Several values of one are alternatives; all filters must hold. */
export class UsersQuery extends PageQuery {
  @QueryStringField({
    max: 255,
    trim: true,
    description: 'A part of their name, e-mail or one of their logins, letter case ignored; no wildcards',
    example: 'mona',
  })
  q?: string;

  @QueryEnumListField({ values: roles, description: 'Roles that they hold now', example: ['admin'] })
  role?: Role[];

  @QueryEnumListField({ values: userKinds, description: 'People, or service accounts', example: ['person'] })
  kind?: UserKind[];

  @QueryBooleanField({ description: 'true: those who may call; false: those who are deactivated', example: true })
  active?: boolean;
}
