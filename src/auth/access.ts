import type { ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import type { Permission } from './permissions.js';

/** Whom a route lets in. */
export type Access =
  | { readonly kind: 'public' }
  /** Anybody with a good credential. */
  | { readonly kind: 'authenticated' }
  /** Whoever holds one of these; with `feed`, also who brings a feed token in the address, which the route itself judges. */
  | { readonly kind: 'permission'; readonly permissions: readonly Permission[]; readonly feed?: true };

/** The key under which a route's `Access` lies in its metadata. */
export const accessKey = 'versioner:access';

/** What a route declares for the request at hand, undefined for one that declares nothing. */
export function accessOf(reflector: Reflector, context: ExecutionContext): Access | undefined {
  const access = reflector.getAllAndOverride<Access | undefined>(accessKey, [context.getHandler(), context.getClass()]);
  return access?.kind === 'permission' && access.feed && bringsToken(context) ? { kind: 'public' } : access;
}

function bringsToken(context: ExecutionContext): boolean {
  return Object.hasOwn(context.switchToHttp().getRequest<Request>().query, 'token');
}
