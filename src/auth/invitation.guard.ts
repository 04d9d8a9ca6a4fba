import { applyDecorators, type CanActivate, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { Injectable, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { UnauthenticatedError } from '../common/errors/request.errors.js';
import { type FoundInvitation, InvitationsRepository } from './invitations.repository.js';
import { FailedAuthentications } from './rate-limit/failed-authentications.js';
import { readBearer } from './read-credential.js';
import { Public } from './require-permission.decorator.js';
import { hashSecret, parseSecret } from './secrets.js';
import { toAddress } from './to-address.js';

/** Who comes with a good invitation, and from where. */
export interface Invited {
  readonly invitation: FoundInvitation;
  readonly address: string | null;
  readonly requestId: string;
}

type InvitedRequest = Request & { requestId: string; invitation: FoundInvitation };

const key = 'versioner:takes-invitation';

/** For the route that takes an invitation as `Authorization: Bearer inv_…`: public to the guards of other credentials. */
export function TakesInvitation(): MethodDecorator {
  return applyDecorators(SetMetadata(key, true), Public(), ApiBearerAuth('invitation'));
}

/** Hands the handler who is invited; only for routes with `TakesInvitation`. */
export const CurrentInvitation = createParamDecorator((_: unknown, context: ExecutionContext): Invited => {
  const { invitation, ip, requestId } = context.switchToHttp().getRequest<InvitedRequest>();
  return { invitation, address: toAddress(ip), requestId };
});

/**
 * Judges invitations as the bearer guard judges keys and tokens: before anything of the request is parsed, and with one
 * 401 for whatever is wrong, or 429 from an address that has failed too often. In the header and nowhere else, an
 * invitation stands in no log and no body.
 */
@Injectable()
export class InvitationGuard implements CanActivate {
  constructor(
    private readonly invitations: InvitationsRepository,
    private readonly failures: FailedAuthentications,
  ) {}

  canActivate(context: ExecutionContext): true | Promise<true> {
    if (!Reflect.hasMetadata(key, context.getHandler())) return true;
    const http = context.switchToHttp();
    return this.admit(http.getRequest<InvitedRequest>(), http.getResponse<Response>());
  }

  private async admit(request: InvitedRequest, response: Response): Promise<true> {
    const secret = readBearer(request);
    const parsed = secret === null ? null : parseSecret(secret);
    const isInvitation = secret !== null && parsed?.kind === 'inv';
    const found = isInvitation ? await this.invitations.findGood(parsed.accountSlug, hashSecret(secret)) : null;
    if (found === null) {
      await this.failures.count(request.ip, response);
      throw new UnauthenticatedError();
    }
    request.invitation = found;
    return true;
  }
}
