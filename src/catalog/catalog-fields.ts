import { ApiProperty } from '@nestjs/swagger';
import { BooleanField, DictField, StringField } from '../common/validation/fields.js';

/*
 * The fields that products and environments share.
 */

/** What somebody wrote about it. */
export function DescriptionField(): PropertyDecorator {
  return StringField({
    required: false,
    nullable: true,
    max: 2000,
    description: 'What people should know about it',
    example: 'Takes the orders; team Checkout',
  });
}

/** Whatever else somebody keeps beside it. */
export function MetadataField(): PropertyDecorator {
  return DictField({
    required: false,
    maxBytes: 16_384,
    maxDepth: 5,
    description: 'Whatever you like to keep beside it; sent, it replaces what was there',
    example: { team: 'checkout' },
  });
}

/** Puts it away, or brings it back. */
export function ArchivedField(): PropertyDecorator {
  return BooleanField({
    required: false,
    description: 'true: hidden from lists and the matrix; false: shown again',
    example: false,
  });
}

/** The same three in an answer. */
export const ShownDescription = (): PropertyDecorator =>
  ApiProperty({ type: String, nullable: true, example: 'Takes the orders; team Checkout' });
export const ShownMetadata = (): PropertyDecorator =>
  ApiProperty({ type: 'object', additionalProperties: true, example: { team: 'checkout' } });
export const ShownArchivedAt = (): PropertyDecorator =>
  ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Since when it is hidden from lists and the matrix; null: it is not',
    example: null,
  });
export const ShownAliases = (): PropertyDecorator =>
  ApiProperty({
    type: [String],
    description: 'Its further names, under which events, filters and rules still find it',
    example: ['my-old-service'],
  });
