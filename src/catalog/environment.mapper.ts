import { aliasesOf, type CatalogName, type NameChanges } from './catalog-names.js';
import type { CreateEnvironmentDto, EnvironmentDto, UpdateEnvironmentDto } from './environment.dto.js';
import type { EnvironmentType } from './infer-environment-type.js';

/** An environment with every name that it has or had. */
export interface EnvironmentView {
  readonly id: string;
  readonly name: string;
  readonly names: readonly CatalogName[];
  readonly type: string;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly position: number;
  readonly staleAfterMinutes: number;
  readonly pendingStaleAfterHours: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Null: it is not. */
  readonly archivedAt: Date | null;
}

/** An environment that somebody makes. */
export interface EnvironmentInput {
  readonly name: string;
  /** Inferred from the name unless given. */
  readonly type?: EnvironmentType;
  /** By its type unless given. */
  readonly position?: number;
  readonly staleAfterMinutes?: number;
  readonly pendingStaleAfterHours?: number;
  readonly description?: string | null;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** What may be changed of an environment; absent: unchanged, null: cleared. */
export interface EnvironmentChanges extends NameChanges, Partial<EnvironmentInput> {
  readonly name?: string;
  readonly archived?: boolean;
}

export function toEnvironmentDto(environment: EnvironmentView): EnvironmentDto {
  const { id, name, type, description, metadata, position, createdAt, updatedAt, archivedAt } = environment;
  return {
    id,
    name,
    aliases: aliasesOf(environment),
    type,
    description,
    metadata,
    position,
    stale_after_minutes: environment.staleAfterMinutes,
    pending_stale_after_hours: environment.pendingStaleAfterHours,
    created_at: createdAt.toISOString(),
    updated_at: updatedAt.toISOString(),
    archived_at: archivedAt?.toISOString() ?? null,
  };
}

export function toEnvironmentInput(input: CreateEnvironmentDto): EnvironmentInput {
  const { stale_after_minutes: staleAfterMinutes, pending_stale_after_hours: pendingStaleAfterHours, ...rest } = input;
  return { ...rest, staleAfterMinutes, pendingStaleAfterHours };
}

export function toEnvironmentChanges(changes: UpdateEnvironmentDto): EnvironmentChanges {
  const {
    stale_after_minutes: staleAfterMinutes,
    pending_stale_after_hours: pendingStaleAfterHours,
    ...rest
  } = changes;
  return { ...rest, staleAfterMinutes, pendingStaleAfterHours };
}
