import type { Check, ReadConfig } from './check.js';
import { approvalCheck } from './approval.check.js';
import { type ApprovalConfig, readApprovalConfig } from './approval.config.js';
import { concurrencyCheck } from './concurrency.check.js';
import { type ConcurrencyConfig, readConcurrencyConfig } from './concurrency.config.js';
import { cooldownCheck } from './cooldown.check.js';
import { type CooldownConfig, readCooldownConfig } from './cooldown.config.js';
import { flowCheck } from './flow.check.js';
import { type FlowConfig, readFlowConfig } from './flow.config.js';
import { scheduleCheck } from './schedule.check.js';
import { readScheduleConfig, type ScheduleConfig } from './schedule.config.js';
import { versionApprovalCheck } from './version-approval.check.js';
import { readVersionApprovalConfig, type VersionApprovalConfig } from './version-approval.config.js';

/**
 * Every check, by the type of the rules that it decides. A new check is one line in each of the three.
 * `deployment_request` joins them with the deployment requests; `blockCodes` already knows where it ranks.
 */
export const checks = {
  schedule: scheduleCheck,
  flow: flowCheck,
  cooldown: cooldownCheck,
  approval: approvalCheck,
  version_approval: versionApprovalCheck,
  concurrency: concurrencyCheck,
} satisfies { [Type in RuleType]: Check<RuleConfigs[Type]> };

/** How the `config` of each type of rule is read. */
export const configReaders: { readonly [Type in RuleType]: ReadConfig<RuleConfigs[Type]> } = {
  schedule: readScheduleConfig,
  flow: readFlowConfig,
  cooldown: readCooldownConfig,
  approval: readApprovalConfig,
  version_approval: readVersionApprovalConfig,
  concurrency: readConcurrencyConfig,
};

/** The configuration of each type of rule. */
export interface RuleConfigs {
  readonly schedule: ScheduleConfig;
  readonly flow: FlowConfig;
  readonly cooldown: CooldownConfig;
  readonly approval: ApprovalConfig;
  readonly version_approval: VersionApprovalConfig;
  readonly concurrency: ConcurrencyConfig;
}

export type RuleType = keyof RuleConfigs;

export const ruleTypes = Object.keys(checks) as readonly RuleType[];
