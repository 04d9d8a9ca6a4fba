import { createRequire } from 'node:module';

/** The release of the service, as in package.json. */
export const { version } = createRequire(import.meta.url)('../../package.json') as { readonly version: string };
