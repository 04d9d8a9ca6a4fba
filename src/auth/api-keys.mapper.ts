import { toWireTime } from '../common/wire-time.js';
import type { ApiKeyDto, CreatedApiKeyDto, NarrowedToDto } from './api-keys.dto.js';
import type { ShownApiKey } from './api-keys.repository.js';
import type { NarrowedTo } from './narrowed-names.repository.js';

export function toApiKeyDto(key: ShownApiKey): ApiKeyDto {
  return {
    id: key.id,
    name: key.name,
    prefix: key.prefix,
    scopes: key.scopes,
    products: toNarrowedToDtos(key.products),
    environments: toNarrowedToDtos(key.environments),
    expires_at: key.expiresAt && toWireTime(key.expiresAt),
    rotated_from: key.rotatedFrom,
    created_at: toWireTime(key.createdAt),
    last_used_at: key.lastUsedAt && toWireTime(key.lastUsedAt),
    created_by: key.createdBy,
    revoked_at: key.revokedAt && toWireTime(key.revokedAt),
  };
}

export function toNarrowedToDtos(narrowedTo: readonly NarrowedTo[]): NarrowedToDto[] {
  return narrowedTo.map(({ id, name }) => ({ id, name }));
}

/** @param secret the key itself, which is known only now */
export function toCreatedApiKeyDto(key: ShownApiKey, secret: string): CreatedApiKeyDto {
  const { id, name, prefix, last_used_at: _used, created_by: _by, revoked_at: _revoked, ...rights } = toApiKeyDto(key);
  return { id, name, key: secret, prefix, ...rights };
}
