import { toWireTime } from '../common/wire-time.js';
import type { ApiKeyDto, CreatedApiKeyDto } from './api-keys.dto.js';
import type { ShownApiKey } from './api-keys.repository.js';

export function toApiKeyDto(key: ShownApiKey): ApiKeyDto {
  return {
    id: key.id,
    name: key.name,
    prefix: key.prefix,
    scopes: key.scopes,
    expires_at: key.expiresAt && toWireTime(key.expiresAt),
    created_at: toWireTime(key.createdAt),
    last_used_at: key.lastUsedAt && toWireTime(key.lastUsedAt),
    created_by: key.createdBy,
    revoked_at: key.revokedAt && toWireTime(key.revokedAt),
  };
}

/** @param secret the key itself, which is known only now */
export function toCreatedApiKeyDto(key: ShownApiKey, secret: string): CreatedApiKeyDto {
  const { id, name, prefix, scopes, expires_at, created_at } = toApiKeyDto(key);
  return { id, name, key: secret, prefix, scopes, expires_at, created_at };
}
