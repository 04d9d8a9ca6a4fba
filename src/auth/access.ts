import type { ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import type { Permission } from './permissions.js';

/** Whom a route lets in. */
export type Access =
  | { readonly kind: 'public' }
  /** Anybody with a good credential. */
  | { readonly kind: 'authenticated' }
  /** Whoever holds one of these. */
  | { readonly kind: 'permission'; readonly permissions: readonly Permission[] };

/** The key under which a route's `Access` lies in its metadata. */
export const accessKey = 'versioner:access';

/** What a route declares, undefined for one that declares nothing. */
export function accessOf(reflector: Reflector, context: ExecutionContext): Access | undefined {
  return reflector.getAllAndOverride<Access | undefined>(accessKey, [context.getHandler(), context.getClass()]);
}
