import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Redoc's page shows a logo from another host, which must never be asked. */
const foreignLogo = 'https://cdn.redoc.ly/redoc/logo-mini.svg';
const noLogo = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E";

const require = createRequire(import.meta.url);
/** Swagger UI comes with Nest's module for it. */
const swaggerUi = (file: string) =>
  createRequire(require.resolve('@nestjs/swagger')).resolve(`swagger-ui-dist/${file}`);
const own = (file: string) => fileURLToPath(new URL(`./assets/${file}`, import.meta.url));

/**
 * Redoc is one file out of a package that brings ninety others, so it is a development dependency, and the build copies
 * that file beside this module.
 */
async function redoc(): Promise<Buffer> {
  const read = () => readFile(own('redoc.standalone.js'));
  const bundle = await read().catch(() => readFile(require.resolve('redoc/bundles/redoc.standalone.js')));
  return Buffer.from(bundle.toString('utf8').replaceAll(foreignLogo, noLogo));
}

interface Asset {
  readonly type: string;
  readonly read: () => Promise<Buffer>;
}

const script = 'text/javascript; charset=utf-8';

/** The files that the documentation pages load, by name. All of them are served from here; none from another host. */
export const assets: Readonly<Record<string, Asset>> = {
  'swagger-ui.css': { type: 'text/css; charset=utf-8', read: () => readFile(swaggerUi('swagger-ui.css')) },
  'swagger-ui-bundle.js': { type: script, read: () => readFile(swaggerUi('swagger-ui-bundle.js')) },
  'redoc.standalone.js': { type: script, read: redoc },
  'show-swagger-ui.js': { type: script, read: () => Promise.resolve(Buffer.from(showSwaggerUi)) },
  'show-redoc.js': { type: script, read: () => Promise.resolve(Buffer.from(showRedoc)) },
};

const showSwaggerUi = `SwaggerUIBundle({
  url: document.body.dataset.document,
  dom_id: '#document',
  presets: [SwaggerUIBundle.presets.apis],
  layout: 'BaseLayout',
  deepLinking: true,
  persistAuthorization: false,
  validatorUrl: null,
});
`;

const showRedoc = `Redoc.init(document.body.dataset.document, { hideDownloadButton: false }, document.getElementById('document'));
`;
