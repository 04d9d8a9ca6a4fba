import { OmitType } from '@nestjs/swagger';
import { CreateUserDto } from '../auth/users.dto.js';
import { CreateEnvironmentDto } from '../catalog/environment.dto.js';
import { AliasesField } from '../catalog/name-field.js';
import { CreateProductDto } from '../catalog/product.dto.js';
import { BooleanField, EmailField, StringField } from '../common/validation/fields.js';
import { CreateRuleDto } from '../rules/rule.dto.js';

/*
 * The entries of a file: what creates the same thing over REST, and keys that only a file has. An entry of something that
 * is there already is read together with what it is now, so whatever the file leaves out is not missing.
 */

export class EnvironmentEntryDto extends CreateEnvironmentDto {
  @AliasesField({ max: 100 })
  aliases?: string[];
}

export class ProductEntryDto extends CreateProductDto {
  @AliasesField({ max: 255 })
  aliases?: string[];
}

export class RuleEntryDto extends CreateRuleDto {
  @StringField({ required: false, max: 255, trim: true, description: 'The name that the rule has until it is renamed' })
  formerly?: string;
}

const deactivated = { required: false, description: 'true: their tokens stop within a second', example: false };

export class PersonEntryDto extends OmitType(CreateUserDto, ['kind', 'invite']) {
  @EmailField({ required: false, description: 'The e-mail that they have until it is changed' })
  formerly?: string;

  @BooleanField(deactivated)
  deactivated?: boolean;
}

export class ServiceAccountEntryDto extends OmitType(CreateUserDto, ['kind', 'invite', 'email', 'approver_roles']) {
  @StringField({ required: false, max: 255, trim: true, description: 'The name that it has until it is renamed' })
  formerly?: string;

  @BooleanField(deactivated)
  deactivated?: boolean;
}
