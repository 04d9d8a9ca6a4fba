import { UuidField } from '../validation/fields.js';

/** The path of one resource: `/{id}`. */
export class IdParams {
  @UuidField({ description: 'Its id', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a10' })
  id!: string;
}
