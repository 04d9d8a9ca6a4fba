import { toWireTime } from '../common/wire-time.js';
import type { AccountDto } from './account.dto.js';
import type { AccountSettings } from './account.repository.js';

export function toAccountDto(account: AccountSettings): AccountDto {
  return {
    id: account.id,
    slug: account.slug,
    enforce_on_completed: account.enforceOnCompleted,
    catalog: account.catalog,
    rate_limit_per_minute: account.rateLimitPerMinute,
    created_at: toWireTime(account.createdAt),
    updated_at: toWireTime(account.updatedAt),
  };
}
