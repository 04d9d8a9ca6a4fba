import { ApiProperty } from '@nestjs/swagger';
import { EnumField, IntegerField, StringListField } from '../common/validation/fields.js';
import {
  ArchivedField,
  DescriptionField,
  MetadataField,
  ShownAliases,
  ShownArchivedAt,
  ShownDescription,
  ShownMetadata,
} from './catalog-fields.js';
import { type EnvironmentType, environmentTypes } from './infer-environment-type.js';
import { AliasesField, NameField } from './name-field.js';

/** A place where versions run. */
export class EnvironmentDto {
  @ApiProperty({ format: 'uuid', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a13' })
  id!: string;

  @ApiProperty({ example: 'production' })
  name!: string;

  @ShownAliases()
  aliases!: string[];

  @ApiProperty({
    enum: environmentTypes,
    description: 'What it is for; inferred from the name unless somebody says it',
    example: 'production',
  })
  type!: string;

  @ShownDescription()
  description!: string | null;

  @ShownMetadata()
  metadata!: Record<string, unknown>;

  @ApiProperty({ type: 'integer', description: 'Orders environments, the lowest first', example: 40 })
  position!: number;

  @ApiProperty({
    type: 'integer',
    description: 'Minutes without an event after which a started deployment is given up; 0: never',
    example: 120,
  })
  stale_after_minutes!: number;

  @ApiProperty({
    type: 'integer',
    description: 'Hours without an event after which a pending deployment is given up; 0: never',
    example: 168,
  })
  pending_stale_after_hours!: number;

  @ApiProperty({ format: 'date-time', example: '2026-03-02T13:51:30.250Z' })
  created_at!: string;

  @ApiProperty({ format: 'date-time', example: '2026-03-02T13:51:30.250Z' })
  updated_at!: string;

  @ShownArchivedAt()
  archived_at!: string | null;
}

const position = {
  required: false,
  min: 0,
  max: 1_000_000,
  description: 'Orders environments, the lowest first',
  example: 400,
};
const staleAfterMinutes = {
  required: false,
  min: 0,
  max: 525_600,
  description: 'Minutes without an event after which a started deployment is given up; 0: never',
  example: 120,
};
const pendingStaleAfterHours = {
  required: false,
  min: 0,
  max: 87_600,
  description: 'Hours without an event after which a pending deployment is given up; 0: never',
  example: 168,
};

export class CreateEnvironmentDto {
  @NameField({ max: 100, description: 'Under which events name it', example: 'production' })
  name!: string;

  @EnumField({
    required: false,
    values: environmentTypes,
    description: 'What it is for; inferred from the name unless sent',
    example: 'production',
  })
  type?: EnvironmentType;

  @IntegerField({ ...position, description: 'Orders environments, the lowest first; by its type unless sent' })
  position?: number;

  @IntegerField(staleAfterMinutes)
  stale_after_minutes?: number;

  @IntegerField(pendingStaleAfterHours)
  pending_stale_after_hours?: number;

  @DescriptionField()
  description?: string | null;

  @MetadataField()
  metadata?: Record<string, unknown>;
}

/** What may be changed of an environment; what is not sent stays as it is. */
export class UpdateEnvironmentDto {
  @NameField({ required: false, max: 100, description: 'The name that it had stays an alias', example: 'production' })
  name?: string;

  @AliasesField({ max: 100 })
  aliases?: string[];

  @EnumField({ required: false, values: environmentTypes, description: 'What it is for', example: 'production' })
  type?: EnvironmentType;

  @IntegerField(position)
  position?: number;

  @IntegerField(staleAfterMinutes)
  stale_after_minutes?: number;

  @IntegerField(pendingStaleAfterHours)
  pending_stale_after_hours?: number;

  @DescriptionField()
  description?: string | null;

  @MetadataField()
  metadata?: Record<string, unknown>;

  @ArchivedField()
  archived?: boolean;
}

/** The order of the environments. */
export class EnvironmentOrderDto {
  @StringListField({
    minItems: 1,
    maxItems: 1000,
    max: 100,
    trim: true,
    description: 'Names or ids, the first first; those that are not listed follow in the order that they have',
    example: ['dev', 'staging', 'production'],
  })
  environments!: string[];
}
