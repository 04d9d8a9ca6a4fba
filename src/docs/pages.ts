import { createHash } from 'node:crypto';
import type { Response } from 'express';
import { readUuid } from '../common/validation/uuid.js';

/** A page, and what a browser may load for it beside the page itself. */
export interface HtmlPage {
  readonly html: string;
  readonly contentSecurityPolicy: string;
}

/** Nothing from any host but this one; styles that the two viewers write into the page as they go. */
const viewerPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "worker-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
];

/**
 * A page that shows the OpenAPI document.
 *
 * @param root the way from the page to the root of the service, such as `../`: it may lie under a path of a proxy
 * @param apiOrigin where requests that are tried out go to, if that is another origin than the page's
 */
export function viewerPage(viewer: 'swagger-ui' | 'redoc', root: string, apiOrigin: string | null): HtmlPage {
  const asset = (file: string) => `${root}docs/assets/${file}`;
  const [bundle, style] =
    viewer === 'swagger-ui'
      ? ['swagger-ui-bundle.js', `<link rel="stylesheet" href="${asset('swagger-ui.css')}">`]
      : ['redoc.standalone.js', ''];
  const html = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Versioner API</title>${style}</head>
<body data-document="${root}openapi.json">
<div id="document"></div>
<script src="${asset(bundle)}"></script>
<script src="${asset(`show-${viewer}.js`)}"></script>
</body>
</html>
`;
  const connect = `connect-src 'self'${apiOrigin === null ? '' : ` ${apiOrigin}`}`;
  return { html, contentSecurityPolicy: [...viewerPolicy, connect].join('; ') };
}

const style =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem}pre{padding:1rem;background:#eee;overflow:auto}';
const styleHash = createHash('sha256').update(style).digest('base64');

/**
 * The page behind a link that the CLI or the CI action prints. It holds no data, since anybody can open it: it shows
 * how to ask for what the link names.
 *
 * @param resource the collection, such as `deployments`
 * @param id what the link names; shown only if it is an id
 * @param apiUrl where the API is: the public URL, or a variable for the reader to set
 */
export function resourcePage(resource: 'deployments' | 'versions', id: unknown, apiUrl: string): HtmlPage {
  const known = typeof id === 'string' ? readUuid(id) : null;
  const what = resource === 'deployments' ? 'deployment' : 'version';
  const intro =
    known === null
      ? `This link names no ${what}. A list of all of them:`
      : `To see ${what} <code>${known}</code>, ask for it with an API key or a personal access token:`;
  const address = `${apiUrl.replace(/\/+$/, '')}/${resource}/${known ?? ''}`;
  const html = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Versioner: ${what}</title><style>${style}</style></head>
<body>
<h1>A ${what} in Versioner</h1>
<p>${intro}</p>
<pre>${escapeHtml(`curl -H "Authorization: Bearer $VERSIONER_TOKEN" "${address}"`)}</pre>
</body>
</html>
`;
  const contentSecurityPolicy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
  return { html, contentSecurityPolicy };
}

/** Sends a page with its policy in place of the one that JSON has. */
export function sendPage(response: Response, { html, contentSecurityPolicy }: HtmlPage): void {
  response.setHeader('Content-Security-Policy', contentSecurityPolicy);
  response.type('html').send(html);
}

function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}
