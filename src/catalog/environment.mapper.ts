import type { EnvironmentDto, UpdateEnvironmentDto } from './environment.dto.js';
import type { EnvironmentType } from './infer-environment-type.js';
import { aliasesOf } from './product.mapper.js';

/** An environment with every name that it has or had. */
export interface EnvironmentView {
  readonly id: string;
  readonly name: string;
  readonly names: readonly string[];
  readonly type: string;
  readonly position: number;
  readonly staleAfterMinutes: number;
  readonly pendingStaleAfterHours: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What may be changed of an environment. */
export interface EnvironmentChanges {
  readonly type?: EnvironmentType;
  readonly position?: number;
  readonly staleAfterMinutes?: number;
  readonly pendingStaleAfterHours?: number;
}

export function toEnvironmentDto(row: EnvironmentView): EnvironmentDto {
  return {
    id: row.id,
    name: row.name,
    aliases: aliasesOf(row.name, row.names),
    type: row.type,
    position: row.position,
    stale_after_minutes: row.staleAfterMinutes,
    pending_stale_after_hours: row.pendingStaleAfterHours,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}

export function toEnvironmentChanges(changes: UpdateEnvironmentDto): EnvironmentChanges {
  return {
    type: changes.type,
    position: changes.position,
    staleAfterMinutes: changes.stale_after_minutes,
    pendingStaleAfterHours: changes.pending_stale_after_hours,
  };
}
