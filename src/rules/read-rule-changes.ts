import type { Fault } from '../common/errors/invalid.error.js';
import { fieldsOf } from '../common/validation/compile-dto.js';
import { readBody, type Reading } from '../common/validation/read-input.js';
import { notAMember } from '../common/validation/vocabulary.js';
import { configFaults, environmentsFaults } from './judge-rule.js';
import type { RuleDefinition } from './rule.mapper.js';
import { UpdateRuleDto } from './rule.dto.js';

/**
 * Reads what is sent to change a rule, and judges it beside the rule: what `config` may hold depends on its type, which
 * stays as it is. Every fault at once, in the order of the fields.
 *
 * @param rule null: there is none, and only what is wrong with any rule can be told
 */
export function readRuleChanges(body: unknown, rule: RuleDefinition | null): Reading<UpdateRuleDto> {
  const { value, faults } = readBody(UpdateRuleDto, body);
  return { value, faults: rule === null ? faults : inOrder([...faults, ...faultsBeside(rule, value, faults)]) };
}

function faultsBeside(rule: RuleDefinition, sent: UpdateRuleDto, faults: readonly Fault[]): Fault[] {
  const isSound = (name: keyof UpdateRuleDto) => sent[name] != null && !faults.some(({ loc }) => loc[1] === name);
  const changesType = isSound('type') && sent.type !== rule.type;
  return [
    ...(changesType ? [{ loc: ['body', 'type'], ...notAMember([rule.type]) }] : []),
    ...(isSound('environments') ? environmentsFaults(rule.type, sent.environments!, ['body', 'environments']) : []),
    ...(isSound('config') ? configFaults(rule.type, sent.config!, ['body', 'config']) : []),
  ];
}

function inOrder(faults: readonly Fault[]): readonly Fault[] {
  const names = fieldsOf(UpdateRuleDto).map(({ name }) => name);
  return faults.toSorted((a, b) => names.indexOf(String(a.loc[1])) - names.indexOf(String(b.loc[1])));
}
