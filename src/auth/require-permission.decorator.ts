import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension } from '@nestjs/swagger';
import { type Access, accessKey } from './access.js';
import type { Permission } from './permissions.js';

type RouteDecorator = ClassDecorator & MethodDecorator;

/** Lets in whoever holds the permission, and says so in the OpenAPI document (`security`, `x-permission`). */
export function RequirePermission(permission: Permission): RouteDecorator {
  return RequireAnyPermission(permission);
}

/** As `RequirePermission`, for whoever holds at least one of several. */
export function RequireAnyPermission(...permissions: [Permission, ...Permission[]]): RouteDecorator {
  return declare({ kind: 'permission', permissions }, permissions.join(' or '));
}

/** As `RequirePermission`, and lets in whoever brings a feed token: the handler has no actor then, and must judge it. */
export function RequirePermissionOrFeed(permission: Permission): RouteDecorator {
  return declare({ kind: 'permission', permissions: [permission], feed: true }, permission);
}

/** Lets in anybody with a good credential, whatever it may do otherwise. */
export function Authenticated(): RouteDecorator {
  return declare({ kind: 'authenticated' }, 'authenticated');
}

/** Lets in everybody: no credential is asked for, and no rate is limited. */
export function Public(): RouteDecorator {
  return applyDecorators(
    SetMetadata(accessKey, { kind: 'public' } satisfies Access),
    ApiExtension('x-permission', 'public'),
  );
}

function declare(access: Access, shown: string): RouteDecorator {
  return applyDecorators(SetMetadata(accessKey, access), ApiBearerAuth(), ApiExtension('x-permission', shown));
}
