import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AuditModule } from '../audit/audit.module.js';
import { AcceptInvitationController } from './accept-invitation.controller.js';
import { AcceptInvitationService } from './accept-invitation.service.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { ApiKeysService } from './api-keys.service.js';
import { BearerGuard } from './bearer.guard.js';
import { CredentialCache } from './credential-cache.js';
import { CredentialReportController } from './credential-report.controller.js';
import { CredentialReportRepository } from './credential-report.repository.js';
import { CredentialReportService } from './credential-report.service.js';
import { CredentialUses } from './credential-uses.js';
import { CredentialsRepository } from './credentials.repository.js';
import { FeedTokensController } from './feed-tokens.controller.js';
import { FeedTokensRepository } from './feed-tokens.repository.js';
import { FeedTokensService } from './feed-tokens.service.js';
import { FeedTokens } from './feed-tokens.js';
import { InvitationGuard } from './invitation.guard.js';
import { InvitationsController } from './invitations.controller.js';
import { InvitationsRepository } from './invitations.repository.js';
import { InvitationsService } from './invitations.service.js';
import { KeyNarrowing } from './key-narrowing.js';
import { MeController } from './me.controller.js';
import { MeService } from './me.service.js';
import { NarrowedNamesRepository } from './narrowed-names.repository.js';
import { PermissionGuard } from './permission.guard.js';
import { PersonalAccessTokensController } from './personal-access-tokens.controller.js';
import { PersonalAccessTokensRepository } from './personal-access-tokens.repository.js';
import { PersonalAccessTokensService } from './personal-access-tokens.service.js';
import { RateLimitGuard } from './rate-limit.guard.js';
import { FailedAuthentications } from './rate-limit/failed-authentications.js';
import { RateLimitStorage } from './rate-limit/rate-limit.storage.js';
import { RolesController } from './roles.controller.js';
import { IdentitiesRepository } from './single-sign-on/identities.repository.js';
import { IssuerClient } from './single-sign-on/issuer-client.js';
import { PeopleWhoSignOn } from './single-sign-on/people-who-sign-on.js';
import { RefusedTokens } from './single-sign-on/refused-tokens.js';
import { SignOnMoves } from './single-sign-on/sign-on-moves.js';
import { SingleSignOn } from './single-sign-on/single-sign-on.js';
import { TokenVerifier } from './single-sign-on/token-verifier.js';
import { VerifiedTokens } from './single-sign-on/verified-tokens.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

/** Who is calling, how often they may, and what they may do: the guards of every route, in this order. */
@Module({
  imports: [AuditModule],
  controllers: [
    ApiKeysController,
    PersonalAccessTokensController,
    FeedTokensController,
    UsersController,
    InvitationsController,
    AcceptInvitationController,
    RolesController,
    CredentialReportController,
    MeController,
  ],
  providers: [
    { provide: APP_GUARD, useClass: BearerGuard },
    { provide: APP_GUARD, useClass: InvitationGuard },
    { provide: APP_GUARD, useClass: RateLimitGuard },
    { provide: APP_GUARD, useClass: PermissionGuard },
    CredentialsRepository,
    CredentialCache,
    CredentialUses,
    RateLimitStorage,
    FailedAuthentications,
    ApiKeysRepository,
    ApiKeysService,
    KeyNarrowing,
    NarrowedNamesRepository,
    PersonalAccessTokensRepository,
    PersonalAccessTokensService,
    FeedTokensRepository,
    FeedTokensService,
    FeedTokens,
    InvitationsRepository,
    InvitationsService,
    AcceptInvitationService,
    CredentialReportRepository,
    CredentialReportService,
    SingleSignOn,
    TokenVerifier,
    VerifiedTokens,
    IssuerClient,
    RefusedTokens,
    IdentitiesRepository,
    PeopleWhoSignOn,
    SignOnMoves,
    UsersRepository,
    UsersService,
    MeService,
  ],
  exports: [CredentialCache, FeedTokens, UsersService],
})
export class AuthModule {}
