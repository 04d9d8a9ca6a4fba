import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { constants, Script } from 'node:vm';

type Throttler = typeof import('@nestjs/throttler');

/**
 * The throttler is CommonJS that requires an ES module (@nestjs/common). Node can do that; the module loader of Jest
 * cannot before Node 24.9, and this file is also loaded into other teams' suites (`versioner/testing`). There, Node's
 * own loader is asked for it.
 */
async function importBesideJest(): Promise<Throttler> {
  const { href } = pathToFileURL(createRequire(import.meta.url).resolve('@nestjs/throttler'));
  const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  return new Script(`import(${JSON.stringify(href)})`, {
    importModuleDynamically,
  }).runInThisContext() as Promise<Throttler>;
}

export const { ThrottlerGuard } = await import('@nestjs/throttler').catch(importBesideJest);
