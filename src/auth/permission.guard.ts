import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ForbiddenError } from '../common/errors/request.errors.js';
import { accessOf } from './access.js';
import type { AuthenticatedRequest } from './authenticated-request.js';
import { narrowedKey } from './open-to-narrowed-keys.decorator.js';
import { holds } from './permissions.js';

/** Lets a request pass only where its route says for whom it is, and a narrowed key only where it says so of such keys. A route that declares nothing is open to nobody. */
@Injectable()
export class PermissionGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const access = accessOf(this.reflector, context);
    if (access?.kind === 'public' || access?.kind === 'authenticated') return true;
    const { actor } = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const held = access?.permissions.some((permission) => holds(permission, actor)) ?? false;
    if (!held) throw new ForbiddenError(`${access?.permissions.join(' or ') ?? 'nobody'} is not held`);
    if (actor.narrowing === null || this.isOpenToNarrowed(context)) return true;
    throw new ForbiddenError('a narrowed key may not do this');
  }

  private isOpenToNarrowed(context: ExecutionContext): boolean {
    return this.reflector.get<true | undefined>(narrowedKey, context.getHandler()) === true;
  }
}
