import { readFileSync } from 'node:fs';

const swc = { ...JSON.parse(readFileSync(new URL('.swcrc', import.meta.url), 'utf8')), swcrc: false };

/** `npm run test:workers`: every test meets several replicas in the place of one. */
const several = process.env.VERSIONER_TEST_WORKERS
  ? { '^[./]+/src/testing/start-versioner\\.js$': '<rootDir>/test/support/start-together.ts' }
  : {};

/** ESM throughout; one PostgreSQL for all, started in test/support/global-setup.mjs. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts', '**/*.e2e-spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  moduleNameMapper: { ...several, '^(\\.{1,2}/.*)\\.js$': '$1' },
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  reporters: ['default', '<rootDir>/test/support/closing-line.reporter.mjs'],
  testTimeout: 60_000,
  maxWorkers: 2,
  // Modules of test files that have ended stay in memory; a worker that nears its limit does nothing but collect garbage.
  workerIdleMemoryLimit: '1GB',
};
