import { StringField } from '../common/validation/fields.js';

/** Why a deployment is ended by hand. */
export class AbortDeploymentDto {
  @StringField({
    max: 1000,
    trim: true,
    description: 'Kept with its events and in the audit log',
    example: 'The runner was lost',
  })
  reason!: string;
}
