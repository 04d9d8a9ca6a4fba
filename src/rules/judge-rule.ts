import type { Fault } from '../common/errors/invalid.error.js';
import { notAMember } from '../common/validation/vocabulary.js';
import type { ConfigReading } from '../preflight/checks/check.js';
import { configReaders, ruleTypes } from '../preflight/checks/index.js';
import { isRuleType } from './to-rule.js';

/*
 * What is wrong with a field of a rule beside the rule's type. Beside a type that is itself at fault nobody can say.
 * `loc` is where the field stands in the body.
 */

type Type = string | null | undefined;
type Loc = Fault['loc'];

/** Every fault of a configuration, down to its keys. */
export function configFaults(type: Type, config: object, loc: Loc): readonly Fault[] {
  if (type == null) return [];
  // Only a newer release can have stored it; what it asks of a configuration is not known here.
  if (!isRuleType(type)) return [{ loc: [...loc.slice(0, -1), 'type'], ...notAMember(ruleTypes) }];
  const reading: ConfigReading<unknown> = configReaders[type](config, loc);
  return 'faults' in reading ? reading.faults : [];
}

/** A flow says by its target where it applies; `environments` could only contradict it. */
export function environmentsFaults(type: Type, environments: readonly string[], loc: Loc): readonly Fault[] {
  if (type !== 'flow' || environments.length === 0) return [];
  const msg = 'must be empty beside a flow, whose target_environment says where it applies';
  return [{ loc, msg, type: 'value_error.flow.environments' }];
}
