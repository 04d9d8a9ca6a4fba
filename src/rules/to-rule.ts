import type { ConfigReading, RuleStatus } from '../preflight/checks/check.js';
import { configReaders, type RuleType } from '../preflight/checks/index.js';
import type { Rule, UnreadableRule } from '../preflight/rule.js';

/** A rule as it is stored: a row of `deployment_rules`, or the `definition` of a revision with its id and number. */
export interface StoredRule {
  readonly id: string;
  readonly revision: number;
  readonly name: string;
  readonly message: string | null;
  readonly type: string;
  readonly status: string;
  readonly config: unknown;
}

/** How each status is read; what is none of them counts as enforced, so that nothing is waved through. */
const statuses: Readonly<Record<string, RuleStatus>> = {
  enabled: 'enabled',
  report_only: 'report_only',
  disabled: 'disabled',
} satisfies Record<RuleStatus, RuleStatus>;

/**
 * Reads a stored rule as the engine takes it. Where the type or the configuration cannot be read, an older or newer
 * release has written it: the rule is unreadable then and says why; it is never left out.
 */
export function toRule({
  id,
  revision,
  name,
  message,
  type,
  status: text,
  config: json,
}: StoredRule): Rule | UnreadableRule {
  const status = Object.hasOwn(statuses, text) ? statuses[text]! : 'enabled';
  const unreadable = (why: string): UnreadableRule => ({ id, revision, name, type, status, unreadable: why });
  if (!isRuleType(type)) return unreadable(`the type ${type} is unknown`);
  if (!Object.hasOwn(statuses, text)) return unreadable(`the status ${text} is unknown`);
  const reading: ConfigReading<unknown> = configReaders[type](json, ['config']);
  if ('config' in reading) return { id, revision, name, message, type, status, config: reading.config } as Rule;
  return unreadable(reading.faults.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`).join('; '));
}

export function isRuleType(type: string): type is RuleType {
  return Object.hasOwn(configReaders, type);
}
