import { nameKey } from '../../catalog/name-key.js';
import { BooleanField, EnumField, IntegerField, StringListField } from '../../common/validation/fields.js';
import { readStrict } from '../../common/validation/read-input.js';
import type { ReadConfig } from './check.js';

/** `config` of a rule of type `approval`, as the wire has it. */
export class ApprovalConfigDto {
  @IntegerField({ min: 1, max: 50, description: 'How many people must have approved', example: 2 })
  required_approvals!: number;

  @StringListField({
    minItems: 1,
    maxItems: 20,
    max: 100,
    trim: true,
    description: 'Whose approval counts: who holds one of these approver roles, or a role of that name',
    example: ['team-lead', 'manager'],
  })
  approver_roles!: string[];

  @IntegerField({
    min: 1,
    max: 87_600,
    required: false,
    nullable: true,
    description: 'Hours after which an approval no longer counts; null or absent: it always does',
    example: 72,
  })
  valid_for_hours?: number | null;

  @BooleanField({
    default: false,
    description: 'Whether the approval of the person counts who triggered the build or the deployment',
  })
  allow_self_approval!: boolean;

  @EnumField({
    values: ['version', 'version_environment'],
    default: 'version',
    description:
      'What must have been approved: the version (for every environment or for this one), or the version for this very environment',
  })
  per!: ApprovalConfig['per'];

  @EnumField({
    values: ['allow', 'block'],
    default: 'allow',
    description:
      'What becomes of an attempt for which it is unknown who triggered the build or the deployment, so that a self-approval cannot be told; `allow` warns',
  })
  unidentified!: ApprovalConfig['unidentified'];
}

/** So many people (1…50) who hold one of the roles must have approved the version. */
export interface ApprovalConfig {
  readonly requiredApprovals: number;
  /** 1…20, no two of them alike whatever their letter case. */
  readonly approverRoles: readonly string[];
  /** 1…87600; null: for ever. */
  readonly validForHours: number | null;
  readonly allowSelfApproval: boolean;
  readonly per: 'version' | 'version_environment';
  /** What becomes of an attempt that does not tell who triggered it. */
  readonly unidentified: 'allow' | 'block';
}

export const readApprovalConfig: ReadConfig<ApprovalConfig> = (json, loc) => {
  const { value, faults } = readStrict(ApprovalConfigDto, json, loc);
  if (faults.length > 0) return { faults };
  const keys = value.approver_roles.map(nameKey);
  return {
    config: {
      requiredApprovals: value.required_approvals,
      approverRoles: value.approver_roles.filter((_, index) => keys.indexOf(keys[index]!) === index),
      validForHours: value.valid_for_hours ?? null,
      allowSelfApproval: value.allow_self_approval,
      per: value.per,
      unidentified: value.unidentified,
    },
  };
};
