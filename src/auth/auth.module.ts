import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AuditModule } from '../audit/audit.module.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { ApiKeysService } from './api-keys.service.js';
import { BearerGuard } from './bearer.guard.js';
import { CredentialCache } from './credential-cache.js';
import { CredentialUses } from './credential-uses.js';
import { CredentialsRepository } from './credentials.repository.js';
import { FeedTokensController } from './feed-tokens.controller.js';
import { FeedTokensRepository } from './feed-tokens.repository.js';
import { FeedTokensService } from './feed-tokens.service.js';
import { FeedTokens } from './feed-tokens.js';
import { MeController } from './me.controller.js';
import { MeService } from './me.service.js';
import { PermissionGuard } from './permission.guard.js';
import { PersonalAccessTokensController } from './personal-access-tokens.controller.js';
import { PersonalAccessTokensRepository } from './personal-access-tokens.repository.js';
import { PersonalAccessTokensService } from './personal-access-tokens.service.js';
import { RateLimitGuard } from './rate-limit.guard.js';
import { FailedAuthentications } from './rate-limit/failed-authentications.js';
import { RateLimitStorage } from './rate-limit/rate-limit.storage.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

/** Who is calling, how often they may, and what they may do: the guards of every route, in this order. */
@Module({
  imports: [AuditModule],
  controllers: [ApiKeysController, PersonalAccessTokensController, FeedTokensController, UsersController, MeController],
  providers: [
    { provide: APP_GUARD, useClass: BearerGuard },
    { provide: APP_GUARD, useClass: RateLimitGuard },
    { provide: APP_GUARD, useClass: PermissionGuard },
    CredentialsRepository,
    CredentialCache,
    CredentialUses,
    RateLimitStorage,
    FailedAuthentications,
    ApiKeysRepository,
    ApiKeysService,
    PersonalAccessTokensRepository,
    PersonalAccessTokensService,
    FeedTokensRepository,
    FeedTokensService,
    FeedTokens,
    UsersRepository,
    UsersService,
    MeService,
  ],
  exports: [CredentialCache, FeedTokens, UsersService],
})
export class AuthModule {}
