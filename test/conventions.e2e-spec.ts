import { readdirSync, readFileSync } from 'node:fs';
import { METHOD_METADATA, PATH_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DECORATORS } from '@nestjs/swagger';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createApp } from '../src/app.setup.js';
import { type Access, accessKey } from '../src/auth/access.js';
import { permissions } from '../src/auth/permissions.js';
import { permissionsPage } from '../src/auth/permissions-page.js';
import { Clock } from '../src/common/clock.js';
import { errorsExtension } from '../src/common/http/api-errors.decorator.js';
import { readEnv } from '../src/config/env.js';
import { OpenApiDocument } from '../src/docs/openapi-document.js';
import { operationsOf } from '../src/docs/write-permissions-page.js';

interface Route {
  readonly name: string;
  readonly paths: readonly string[];
  readonly access: Access | undefined;
  readonly operation: { readonly operationId?: string; readonly summary?: string } | undefined;
  readonly errors: readonly number[] | undefined;
  readonly takes: readonly string[];
}

/** What Nest numbers `@Body()`, `@Query()` and `@Param()` as. */
const bodyType = '3';
const pathType = '5';

describe('conventions', () => {
  let app: NestExpressApplication;
  let routes: readonly Route[];

  beforeAll(async () => {
    // Nothing is asked of the database before the service listens.
    const databaseUrl = 'postgres://nobody@127.0.0.1:1/nothing';
    app = await createApp({ env: readEnv({ LOG_LEVEL: 'silent' }), clock: new Clock(), databaseUrl });
    routes = routesOf(app);
  });

  afterAll(async () => {
    await app?.close();
  });

  const names = (of: readonly Route[]) => of.map(({ name }) => name);

  it('finds the routes', () => {
    expect(names(routes)).toEqual(
      expect.arrayContaining(['DeploymentEventsController.report', 'HealthController.ready']),
    );
  });

  it('every route declares for whom it is', () => {
    expect(names(routes.filter(({ access }) => access === undefined))).toEqual([]);
    for (const { access } of routes) {
      if (access?.kind === 'permission')
        for (const permission of access.permissions) expect(permissions).toHaveProperty([permission]);
    }
  });

  it('only these routes are public', () => {
    const shown = routes.filter(({ access }) => access?.kind === 'public').flatMap(({ paths }) => paths);
    expect(shown.sort()).toEqual(
      [
        '/badges/:product/:environment.svg',
        '/docs',
        '/docs/assets/:file',
        '/health',
        '/health/live',
        '/health/ready',
        '/invitations/accept',
        '/manage/catalog',
        '/manage/deployments',
        '/manage/versions',
        '/openapi.json',
        '/redoc',
      ].sort(),
    );
  });

  it('every route has an operationId of its own and a summary', () => {
    const described = routes.filter(({ name }) => name !== 'UnknownRouteController.refuse');
    expect(names(described.filter(({ operation }) => !operation?.operationId || !operation.summary))).toEqual([]);
    const ids = described.map(({ operation }) => operation?.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('every route that can refuse something of its own declares with which statuses', () => {
    const needed = routes.filter(({ access }) => access?.kind === 'permission');
    expect(names(needed.filter(({ errors }) => errors === undefined))).toEqual([]);
    const withId = needed.filter(({ takes }) => takes.includes(pathType));
    expect(names(withId.filter(({ errors }) => !errors?.includes(404)))).toEqual([]);
  });

  it('every body and query string is a class, so that it is validated', () => {
    const broken = [...handlersOf(app)].filter(({ controller, method }) => {
      const types = Reflect.getMetadata('design:paramtypes', controller.prototype, method) as unknown[];
      return Object.entries(argumentsOf(controller, method)).some(
        ([key, { index, data }]) =>
          (key.startsWith(`${bodyType}:`) || key.startsWith('4:')) && data === undefined && types[index] === Object,
      );
    });
    expect(broken.map(({ controller, method }) => `${controller.name}.${method}`)).toEqual([]);
  });

  it('every route is in the OpenAPI document', () => {
    const document = JSON.parse(app.get(OpenApiDocument).json()) as {
      paths: Record<string, Record<string, { operationId?: string }>>;
    };
    const documented = Object.values(document.paths).flatMap((item) =>
      Object.values(item).map(({ operationId }) => operationId),
    );
    const declared = routes.map(({ operation }) => operation?.operationId).filter((id) => id !== undefined);
    expect(new Set(documented)).toEqual(new Set(declared));
  });

  it('docs/permissions.md is made from the table and the routes', () => {
    const page = readFileSync('docs/permissions.md', 'utf8');
    expect(page).toBe(permissionsPage(operationsOf(app.get(OpenApiDocument).json())));
  });

  it('every check is in the registry, and has a spec', () => {
    const files = readdirSync('src/preflight/checks');
    const registry = readFileSync('src/preflight/checks/index.ts', 'utf8');
    const found = files.filter((file) => file.endsWith('.check.ts'));
    expect(found).not.toEqual([]);
    for (const file of found) {
      expect(registry).toContain(`'./${file.replace(/ts$/, 'js')}'`);
      expect(files).toContain(file.replace(/ts$/, 'spec.ts'));
    }
  });
});

interface Handler {
  readonly controller: new () => object;
  readonly method: string;
  readonly handler: object;
}

type Arguments = Readonly<Record<string, { readonly index: number; readonly data?: unknown }>>;

function* handlersOf(app: NestExpressApplication): Generator<Handler> {
  for (const { controllers } of app.get(ModulesContainer).values()) {
    for (const { metatype } of controllers.values()) {
      const controller = metatype as Handler['controller'];
      for (const method of Object.getOwnPropertyNames(controller.prototype)) {
        const handler = (controller.prototype as Record<string, object>)[method]!;
        if (Reflect.hasMetadata(METHOD_METADATA, handler)) yield { controller, method, handler };
      }
    }
  }
}

function argumentsOf(controller: Handler['controller'], method: string): Arguments {
  return (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, method) ?? {}) as Arguments;
}

function routesOf(app: NestExpressApplication): Route[] {
  return [...handlersOf(app)].map(({ controller, method, handler }) => {
    const of = (key: string): unknown => Reflect.getMetadata(key, handler) ?? Reflect.getMetadata(key, controller);
    const extensions = of(DECORATORS.API_EXTENSION) as Record<string, unknown> | undefined;
    const prefix = [Reflect.getMetadata(PATH_METADATA, controller) as string | string[]].flat();
    const own = [Reflect.getMetadata(PATH_METADATA, handler) as string | string[]].flat();
    return {
      name: `${controller.name}.${method}`,
      paths: prefix.flatMap((head) =>
        own.map((tail) => `/${head}/${tail}`.replace(/\/+/g, '/').replace(/(.)\/$/, '$1')),
      ),
      access: of(accessKey) as Access | undefined,
      operation: of(DECORATORS.API_OPERATION) as Route['operation'],
      errors: extensions?.[errorsExtension] as Route['errors'],
      takes: Object.keys(argumentsOf(controller, method)).map((key) => key.split(':')[0]!),
    };
  });
}
