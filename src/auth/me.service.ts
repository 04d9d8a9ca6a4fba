import { Injectable } from '@nestjs/common';
import type { Actor } from './actor.js';
import { ApiKeysService } from './api-keys.service.js';
import type { Me } from './me.mapper.js';
import { UsersService } from './users.service.js';

/** Tells callers who they are. */
@Injectable()
export class MeService {
  constructor(
    private readonly users: UsersService,
    private readonly keys: ApiKeysService,
  ) {}

  async get({ accountId, accountSlug: account, userId, credentialId }: Actor): Promise<Me> {
    if (userId === null) return { account, key: await this.keys.get(accountId, credentialId) };
    return { account, user: await this.users.get(accountId, userId) };
  }
}
