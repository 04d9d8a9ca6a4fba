import { ApiProperty } from '@nestjs/swagger';
import { StringField } from '../common/validation/fields.js';
import {
  ArchivedField,
  DescriptionField,
  MetadataField,
  ShownAliases,
  ShownArchivedAt,
  ShownDescription,
  ShownMetadata,
} from './catalog-fields.js';
import { AliasesField, NameField } from './name-field.js';

const type = {
  required: false,
  nullable: true,
  max: 50,
  trim: true,
  description: 'A label of your own, such as service, library or website',
  example: 'service',
};

export class CreateProductDto {
  @NameField({ max: 255, description: 'Under which events name it', example: 'my-service' })
  name!: string;

  @DescriptionField()
  description?: string | null;

  @StringField(type)
  type?: string | null;

  @MetadataField()
  metadata?: Record<string, unknown>;
}

/** What may be changed of a product; what is not sent stays as it is. */
export class UpdateProductDto {
  @NameField({
    required: false,
    max: 255,
    description: 'The name that it had stays an alias',
    example: 'my-service',
  })
  name?: string;

  @AliasesField({ max: 255 })
  aliases?: string[];

  @DescriptionField()
  description?: string | null;

  @StringField(type)
  type?: string | null;

  @MetadataField()
  metadata?: Record<string, unknown>;

  @ArchivedField()
  archived?: boolean;
}

/** A deployable component. */
export class ProductDto {
  @ApiProperty({ format: 'uuid', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a11' })
  id!: string;

  @ApiProperty({ example: 'my-service' })
  name!: string;

  @ShownAliases()
  aliases!: string[];

  @ShownDescription()
  description!: string | null;

  @ApiProperty({ type: String, nullable: true, description: type.description, example: type.example })
  type!: string | null;

  @ShownMetadata()
  metadata!: Record<string, unknown>;

  @ApiProperty({ format: 'date-time', example: '2026-03-02T13:51:30.250Z' })
  created_at!: string;

  @ApiProperty({ format: 'date-time', example: '2026-03-02T13:51:30.250Z' })
  updated_at!: string;

  @ShownArchivedAt()
  archived_at!: string | null;
}
