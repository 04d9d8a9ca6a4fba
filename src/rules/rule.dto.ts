import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { IsObject } from 'class-validator';
import { type EnvironmentType, environmentTypes } from '../catalog/infer-environment-type.js';
import { IsWellFormed, MaxJsonBytes, MaxJsonDepth } from '../common/validation/constraints.js';
import { field, type FieldOptions } from '../common/validation/field.js';
import { EnumField, EnumListField, StringField, StringListField } from '../common/validation/fields.js';
import type { RuleStatus } from '../preflight/checks/check.js';
import { type RuleType, ruleTypes } from '../preflight/checks/index.js';
import { configFaults, environmentsFaults } from './judge-rule.js';
import { configDtos } from './rule-configs.js';
import { ruleExamples } from './rule-examples.js';

export const ruleStatuses = ['enabled', 'report_only', 'disabled'] as const satisfies readonly RuleStatus[];

const id = '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a71';
const example = ruleExamples.schedule;
const allConfigDtos = Object.values(configDtos).flat();
const configApi = { oneOf: allConfigDtos.map((dto) => ({ $ref: getSchemaPath(dto) })) };

const name = { description: 'Unique among the rules of the account, whatever its letter case', example: example.name };
const description = { description: 'For whoever reads the rule', example: example.description };
const message = {
  description: 'What a refused client is told, in place of the words of the check',
  example: example.message,
};
const type = { description: 'What is asked of an attempt to deploy', example: example.type };
const status = {
  description:
    '`enabled`: what violates it is blocked. `report_only`: it is evaluated and recorded, and blocks nothing. `disabled`: it is not evaluated',
  example: 'enabled',
};
const products = { description: 'Names or ids of the products for which it applies; empty: all', example: [] };
const environments = {
  description:
    'Names or ids of the environments in which it applies; empty: all. Beside a flow it must be empty: `target_environment` says it there',
  example: example.environments,
};
const types = { description: 'The types of the environments in which it applies; empty: all', example: [] };
const config = {
  description: 'What exactly is asked: of the schema that belongs to the type. Unknown keys are refused',
  example: example.config,
};

const nameLimits = { max: 255, trim: true };
const descriptionLimits = { max: 2000, trim: true, required: false, nullable: true };
const messageLimits = { max: 1000, trim: true, required: false, nullable: true };
const listLimits = { maxItems: 200, max: 255, trim: true };
const typesLimits = { values: environmentTypes, maxItems: environmentTypes.length };

/** An object that is read by the type of the rule. */
function ConfigField(options: FieldOptions): PropertyDecorator {
  return field(options, {
    constraints: [IsObject(), IsWellFormed(), MaxJsonDepth(10), MaxJsonBytes(128 * 1024)],
    api: configApi,
  });
}

/** A new rule. */
@ApiExtraModels(...allConfigDtos)
export class CreateRuleDto {
  @StringField({ ...name, ...nameLimits })
  name!: string;

  @StringField({ ...description, ...descriptionLimits })
  description?: string | null;

  @StringField({ ...message, ...messageLimits })
  message?: string | null;

  @EnumField({ ...type, values: ruleTypes })
  type!: RuleType;

  @EnumField({ ...status, values: ruleStatuses, default: 'enabled' })
  status!: RuleStatus;

  @StringListField({ ...products, ...listLimits, default: [] })
  products!: string[];

  @StringListField({
    ...environments,
    ...listLimits,
    default: [],
    judge: (list: string[], { type }: Partial<CreateRuleDto>, loc) => environmentsFaults(type, list, loc),
  })
  environments!: string[];

  @EnumListField({ ...types, ...typesLimits, default: [] })
  environment_types!: EnvironmentType[];

  @ConfigField({
    ...config,
    judge: (json: object, { type }: Partial<CreateRuleDto>, loc) => configFaults(type, json, loc),
  })
  config!: object;
}

/** What may be changed of a rule; what is not sent stays as it is, and null clears. */
@ApiExtraModels(...allConfigDtos)
export class UpdateRuleDto {
  @StringField({ ...name, ...nameLimits, required: false })
  name?: string;

  @StringField({ ...description, ...descriptionLimits })
  description?: string | null;

  @StringField({ ...message, ...messageLimits })
  message?: string | null;

  @EnumField({
    ...type,
    values: ruleTypes,
    required: false,
    description: 'What it is already: a rule keeps the type with which it was created',
  })
  type?: RuleType;

  @EnumField({ ...status, values: ruleStatuses, required: false })
  status?: RuleStatus;

  @StringListField({ ...products, ...listLimits, required: false })
  products?: string[];

  @StringListField({ ...environments, ...listLimits, required: false })
  environments?: string[];

  @EnumListField({ ...types, ...typesLimits, required: false })
  environment_types?: EnvironmentType[];

  @ConfigField({ ...config, required: false, description: 'As on creation; it is replaced whole' })
  config?: object;
}

/** A rule as somebody wrote it. */
@ApiExtraModels(...allConfigDtos)
export class RuleDefinitionDto {
  @ApiProperty(name)
  name!: string;

  @ApiProperty({ ...description, type: String, nullable: true })
  description!: string | null;

  @ApiProperty({ ...message, type: String, nullable: true })
  message!: string | null;

  @ApiProperty({ ...type, enum: ruleTypes })
  type!: string;

  @ApiProperty({ ...status, enum: ruleStatuses })
  status!: string;

  @ApiProperty({ ...products, type: [String] })
  products!: string[];

  @ApiProperty({ ...environments, type: [String] })
  environments!: string[];

  @ApiProperty({ ...types, enum: environmentTypes, isArray: true })
  environment_types!: string[];

  @ApiProperty({ ...config, ...configApi })
  config!: object;
}

/** A rule as lists show it. */
export class ListedRuleDto extends RuleDefinitionDto {
  @ApiProperty({ format: 'uuid', example: id })
  id!: string;

  @ApiProperty({ type: 'integer', description: 'Counts its changes, from 1', example: 1 })
  revision!: number;

  @ApiProperty({ format: 'date-time', example: '2026-03-02T13:51:30.250Z' })
  created_at!: string;

  @ApiProperty({ format: 'date-time', example: '2026-03-02T13:51:30.250Z' })
  updated_at!: string;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The user who created it',
    example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a41',
  })
  created_by!: string | null;
}

/** A rule, and what looks like a mistake about it. */
export class RuleDto extends ListedRuleDto {
  @ApiProperty({
    type: [String],
    description: 'What can be evaluated but looks like a mistake, as of now; for a person',
    example: ['There is no environment production yet; the rule applies once there is one'],
  })
  warnings!: string[];
}

/** A rule as it once stood, or stands. */
export class RuleRevisionDto {
  @ApiProperty({ type: 'integer', example: 1 })
  revision!: number;

  @ApiProperty({ format: 'date-time', description: 'Since when it was so', example: '2026-03-02T13:51:30.250Z' })
  valid_from!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it was changed or deleted; null: it stands',
    example: null,
  })
  valid_to!: string | null;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The user who made it so',
    example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a41',
  })
  changed_by!: string | null;

  @ApiProperty({ type: RuleDefinitionDto, description: 'The rule as it was then' })
  definition!: RuleDefinitionDto;
}
