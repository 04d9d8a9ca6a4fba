import { Injectable } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { version } from '../common/version.js';
import { Env } from '../config/env.js';
import { completeOperations, errorComponents } from './complete-operations.js';
import { errorSchemas, headers, parameters, securitySchemes } from './components.js';

const description = `
Knows what is deployed where, and decides whether the next deployment may start. Pipelines send an event when a build or
a deployment starts and ends; before a deployment starts, the pre-flight checks answer either "go" or "blocked,
because…, until…".

- **Authentication**: \`Authorization: Bearer sk_…\` (an API key) or \`pat_…\` (a personal access token).
- **Paths** work with and without their last slash.
- **Times** are RFC 3339 in UTC with \`Z\`. **Ids** are UUIDs.
- **Lists** are arrays, newest first; \`Link: <…>; rel="next"\` names the next page.
- **Unknown fields** of a body are ignored; unknown query parameters are refused.
- **Refusals** have their reason under \`detail\`. Those of the pre-flight checks (409, 423, 428) have the documented keys
  at the top level, and the same object once more under \`detail\`.
- **Every answer** carries \`X-Request-Id\`.
`.trim();

/** The OpenAPI 3.1 document of this service, made from its routes when it is first asked for. */
@Injectable()
export class OpenApiDocument {
  private app: NestExpressApplication | null = null;
  private text: string | null = null;

  constructor(private readonly env: Env) {}

  /** Names the application whose routes are documented. */
  describes(app: NestExpressApplication): void {
    this.app = app;
  }

  /** The document as JSON. */
  json(): string {
    return (this.text ??= JSON.stringify(this.build()));
  }

  private build(): OpenAPIObject {
    if (this.app === null) throw new Error('The OpenAPI document was asked for before there was an application');
    const config = new DocumentBuilder()
      .setOpenAPIVersion('3.1.0')
      .setTitle('Versioner')
      .setDescription(description)
      .setVersion(version)
      .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
      .addServer(this.env.publicUrl ?? '/')
      .build();
    const document = SwaggerModule.createDocument(this.app, config);
    document.components = {
      ...document.components,
      schemas: { ...document.components?.schemas, ...(errorSchemas as object) },
      responses: errorComponents as never,
      headers,
      parameters,
      securitySchemes,
    };
    document.paths = withLastSlashes(document.paths);
    completeOperations(document);
    return document;
  }
}

/** Collections end in a slash, as in the documentation; both spellings are served. */
function withLastSlashes(paths: OpenAPIObject['paths']): OpenAPIObject['paths'] {
  const isCollection = ([path, item]: [string, object]) =>
    /^\/[a-z-]+$/.test(path) &&
    Object.values(item).some((operation: { security?: unknown }) => operation.security !== undefined);
  return Object.fromEntries(
    Object.entries(paths).map((entry) => [isCollection(entry) ? `${entry[0]}/` : entry[0], entry[1]]),
  );
}
