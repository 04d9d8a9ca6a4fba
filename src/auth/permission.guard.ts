import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ForbiddenError } from '../common/errors/request.errors.js';
import { accessOf } from './access.js';
import type { AuthenticatedRequest } from './authenticated-request.js';
import { holds } from './permissions.js';

/** Lets a request pass only where its route says for whom it is. A route that declares nothing is open to nobody. */
@Injectable()
export class PermissionGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const access = accessOf(this.reflector, context);
    if (access?.kind === 'public' || access?.kind === 'authenticated') return true;
    const { actor } = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (access?.permissions.some((permission) => holds(permission, actor))) return true;
    throw new ForbiddenError();
  }
}
