import type { EnvironmentType } from './infer-environment-type.js';

/** Where an environment of each type stands until somebody orders them: in the order in which a version passes through. */
export const positionOfType: Readonly<Record<EnvironmentType, number>> = {
  dev: 100,
  test: 200,
  staging: 300,
  production: 400,
  other: 500,
};
