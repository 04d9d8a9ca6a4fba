import { EnumListField, StringField } from '../../common/validation/fields.js';
import { readStrict } from '../../common/validation/read-input.js';
import { type ApprovalType, approvalTypes, type ReadConfig } from './check.js';
import { listedTwice } from './listed-twice.js';
import { orderFaults } from './order-faults.js';

/** `config` of a rule of type `version_approval`, as the wire has it. */
export class VersionApprovalConfigDto {
  @EnumListField({
    values: approvalTypes,
    minItems: 1,
    maxItems: approvalTypes.length,
    description: 'What must have been approved of the version',
    example: ['qa', 'security'],
  })
  required_approval_types!: ApprovalType[];

  @StringField({
    max: 100,
    trim: true,
    required: false,
    nullable: true,
    description: 'The environment for which it must have been approved, after the version completed there; name or id',
    example: 'staging',
  })
  prerequisite_environment?: string | null;
}

/** The version must have been approved in each of these respects. */
export interface VersionApprovalConfig {
  /** 1…6, each once. */
  readonly requiredApprovalTypes: readonly ApprovalType[];
  /** A name or id, as it was written; null: none. */
  readonly prerequisiteEnvironment: string | null;
}

export const readVersionApprovalConfig: ReadConfig<VersionApprovalConfig> = (json, loc) => {
  const { value, faults } = readStrict(VersionApprovalConfigDto, json, loc);
  const doubled = listedTwice(value.required_approval_types ?? [], [...loc, 'required_approval_types']);
  if (faults.length + doubled.length > 0) {
    return { faults: orderFaults(VersionApprovalConfigDto, loc, [...faults, ...doubled]) };
  }
  return {
    config: {
      requiredApprovalTypes: value.required_approval_types,
      prerequisiteEnvironment: value.prerequisite_environment ?? null,
    },
  };
};
