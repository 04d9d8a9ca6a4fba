import { createApp } from '../app.setup.js';
import { type DocumentedOperation, permissionsPage } from '../auth/permissions-page.js';
import { Clock } from '../common/clock.js';
import { readEnv } from '../config/env.js';
import { OpenApiDocument } from './openapi-document.js';

/** The operations of a document, in its order. */
export function operationsOf(document: string): DocumentedOperation[] {
  const { paths } = JSON.parse(document) as { paths: Record<string, Record<string, { 'x-permission': string }>> };
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => {
      return { method: method.toUpperCase(), path, permission: operation['x-permission'] };
    }),
  );
}

/** docs/permissions.md as it must be, for `npm run docs`. Nothing is asked of a database before the service listens. */
export async function writePermissionsPage(): Promise<string> {
  const databaseUrl = 'postgres://nobody@127.0.0.1:1/nothing';
  const app = await createApp({ env: readEnv({ LOG_LEVEL: 'silent' }), clock: new Clock(), databaseUrl });
  try {
    return permissionsPage(operationsOf(app.get(OpenApiDocument).json()));
  } finally {
    await app.close();
  }
}
