import { nameKey } from '../../catalog/name-key.js';
import type { Completions, PreflightFacts } from './check.js';

/** An environment that a rule names, and where the attempt's version stands there. */
export interface NamedPlace extends Completions {
  readonly key: string;
  /** Null: it does not exist yet. */
  readonly environmentId: string | null;
}

/**
 * What is known of an environment that a rule names, by name or id. It is called as it calls itself, and as the rule
 * calls it while it does not exist. Throws where the facts do not tell: the rule cannot be decided then.
 */
export function placeOf({ elsewhere }: PreflightFacts, named: string): NamedPlace {
  const key = nameKey(named);
  const place = Object.hasOwn(elsewhere, key) ? elsewhere[key] : undefined;
  if (place === undefined) throw new Error(`The facts do not tell of the environment ${named}`);
  return { ...place, key, environmentName: place.environmentId === null ? named : place.environmentName };
}
