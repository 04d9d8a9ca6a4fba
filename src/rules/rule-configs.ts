import { type CompiledField, fieldsOf } from '../common/validation/compile-dto.js';
import { ApprovalConfigDto } from '../preflight/checks/approval.config.js';
import { ConcurrencyConfigDto } from '../preflight/checks/concurrency.config.js';
import { CooldownConfigDto } from '../preflight/checks/cooldown.config.js';
import { FlowConfigDto } from '../preflight/checks/flow.config.js';
import type { RuleType } from '../preflight/checks/index.js';
import { scheduleConfigDtos } from '../preflight/checks/schedule.dto.js';
import { VersionApprovalConfigDto } from '../preflight/checks/version-approval.config.js';

type DtoClass = new () => object;

/** What the `config` of each type of rule may be, as the OpenAPI document shows it. */
export const configDtos: { readonly [Type in RuleType]: readonly DtoClass[] } = {
  schedule: Object.values(scheduleConfigDtos),
  flow: [FlowConfigDto],
  cooldown: [CooldownConfigDto],
  approval: [ApprovalConfigDto],
  version_approval: [VersionApprovalConfigDto],
  concurrency: [ConcurrencyConfigDto],
};

/** What schedules have in common is declared before what they differ in; yet they are read in this order. */
const first: readonly string[] = ['mode', 'timezone', 'recurrence'];

/** The same configuration with its keys in the order of the documentation: JSONB keeps them in one of its own. */
export function inDocumentedOrder(type: string, config: unknown): Record<string, unknown> {
  const dtos = Object.hasOwn(configDtos, type) ? configDtos[type as RuleType] : [];
  return ordered(config, dtos) as Record<string, unknown>;
}

/** @param dtos any of which the value may be; what is of none stays as it is */
function ordered(value: unknown, dtos: readonly DtoClass[]): unknown {
  if (Array.isArray(value)) return value.map((item) => ordered(item, dtos));
  if (typeof value !== 'object' || value === null) return value;
  const keys = Object.keys(value);
  const fitting = dtos.map(fieldsOf).filter((fields) => keys.every((key) => fields.some(({ name }) => name === key)));
  const [fields] = fitting;
  if (fields === undefined) return value;
  const names = new Set([...first, ...fields.map(({ name }) => name)]);
  return Object.fromEntries(
    [...names]
      .filter((name) => Object.hasOwn(value, name))
      .map((name) => [name, ordered((value as Record<string, unknown>)[name], nestedIn(fitting, name))]),
  );
}

function nestedIn(dtos: readonly (readonly CompiledField[])[], name: string): DtoClass[] {
  return dtos.flatMap((fields) =>
    fields.filter((field) => field.name === name).flatMap(({ nested }) => nested?.() ?? []),
  );
}
