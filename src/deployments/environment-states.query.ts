import { environmentTypes } from '../catalog/infer-environment-type.js';
import { PageQuery } from '../common/http/pagination.js';
import {
  QueryDateTimeField,
  QueryEnumListField,
  QueryListField,
  QueryStringField,
} from '../common/validation/query-fields.js';

/** Which rows and cells of the matrix, and of which moment. */
export class EnvironmentStatesQuery extends PageQuery {
  @QueryListField({ description: 'Names or ids of products', example: ['my-service'] })
  product?: string[];

  @QueryListField({ description: 'Names or ids of environments', example: ['staging', 'production'] })
  environment?: string[];

  @QueryEnumListField({ values: environmentTypes, description: 'Types of environments', example: ['production'] })
  environment_type?: string[];

  @QueryDateTimeField({
    description: 'The matrix as it stood at this moment, by effective completion; a moment to come is now',
    example: '2026-03-02T12:00:00Z',
  })
  at?: Date;
}

/** The cell whose history is asked for. */
export class EnvironmentHistoryQuery extends PageQuery {
  @QueryStringField({ required: true, description: 'Name or id of the product', example: 'my-service' })
  product!: string;

  @QueryStringField({ required: true, description: 'Name or id of the environment', example: 'production' })
  environment!: string;
}
