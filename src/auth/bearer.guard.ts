import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Response } from 'express';
import { UnauthenticatedError } from '../common/errors/request.errors.js';
import { accessOf } from './access.js';
import type { Actor } from './actor.js';
import type { AuthenticatedRequest } from './authenticated-request.js';
import type { Credential } from './credential.js';
import { CredentialCache } from './credential-cache.js';
import { CredentialUses } from './credential-uses.js';
import { FailedAuthentications } from './rate-limit/failed-authentications.js';
import { readCredential } from './read-credential.js';
import { SingleSignOn } from './single-sign-on/single-sign-on.js';
import { toAddress } from './to-address.js';

/**
 * Establishes who is calling, for every route that is not public, before anything of the request is parsed. Whatever
 * is wrong with a credential, the answer is the same 401, or 429 from an address that has failed too often.
 */
@Injectable()
export class BearerGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly credentials: CredentialCache,
    private readonly signOn: SingleSignOn,
    private readonly uses: CredentialUses,
    private readonly failures: FailedAuthentications,
  ) {}

  canActivate(context: ExecutionContext): true | Promise<true> {
    if (accessOf(this.reflector, context)?.kind === 'public') return true;
    const http = context.switchToHttp();
    const request = http.getRequest<AuthenticatedRequest>();
    const presented = readCredential(request);
    if (presented === null) return this.refuse(request, http.getResponse());
    const found = presented.kind === 'jwt' ? this.signOn.find(presented.token) : this.credentials.find(presented);
    if (!(found instanceof Promise)) return this.admit(request, found);
    return found.then((credential) =>
      credential === null ? this.refuse(request, http.getResponse()) : this.admit(request, credential),
    );
  }

  private admit(request: AuthenticatedRequest, credential: Credential): true {
    this.uses.note(credential);
    request.actor = toActor(credential, request);
    request.rateLimitPerMinute = credential.rateLimitPerMinute;
    return true;
  }

  private async refuse(request: AuthenticatedRequest, response: Response): Promise<never> {
    await this.failures.count(request.ip, response);
    throw new UnauthenticatedError();
  }
}

function toActor(credential: Credential, { ip, requestId }: AuthenticatedRequest): Actor {
  const { accountId, accountSlug, kind, id, userId, userKind, role, approverRoles, scopes } = credential;
  const { narrowing, formerKeyId } = credential;
  return {
    accountId,
    accountSlug,
    kind,
    credentialId: id,
    apiKeyId: kind === 'api_key' ? id : null,
    formerKeyId,
    narrowing,
    personalAccessTokenId: kind === 'user' ? id : null,
    userId,
    userKind,
    role,
    approverRoles,
    scopes,
    address: toAddress(ip),
    requestId,
    idempotency: null,
  };
}
