import { ValidateBy, type ValidationOptions } from 'class-validator';
import { codePoints, isWellFormedJson, jsonBytes, jsonDepth } from './text.js';

/*
 * Constraints that class-validator lacks. As its own do, each accepts only values of the type that it is about, so that
 * a field's type is judged first. `vocabulary.ts` says how each reads on the wire.
 */

function constraint(
  name: string,
  constraints: unknown[],
  validate: (value: unknown) => boolean,
  options?: ValidationOptions,
): PropertyDecorator {
  return ValidateBy({ name, constraints, validator: { validate, defaultMessage: () => name } }, options);
}

/** A text of at least so many code points. */
export function MinCodePoints(min: number, options?: ValidationOptions): PropertyDecorator {
  return constraint('minCodePoints', [min], (value) => typeof value === 'string' && codePoints(value) >= min, options);
}

/** A text of at most so many code points. */
export function MaxCodePoints(max: number, options?: ValidationOptions): PropertyDecorator {
  const fits = (value: unknown) => typeof value === 'string' && (value.length <= max || codePoints(value) <= max);
  return constraint('maxCodePoints', [max], fits, options);
}

/** No NUL and no lone surrogate, in a text or anywhere in a JSON value, keys included. */
export function IsWellFormed(options?: ValidationOptions): PropertyDecorator {
  return constraint('isWellFormed', [], isWellFormedJson, options);
}

/** A text that `read` understands; `values` are the ones that a refusal lists. */
export function IsMember(
  values: readonly string[],
  read: (text: string) => unknown,
  options?: ValidationOptions,
): PropertyDecorator {
  const isMember = (value: unknown) => typeof value === 'string' && read(value) !== null;
  return constraint('isMember', [values], isMember, options);
}

/** A text that `read` turns into something else than null, such as a date. */
export function IsReadable(
  name: string,
  read: (text: string) => unknown,
  options?: ValidationOptions,
): PropertyDecorator {
  return constraint(name, [], (value) => typeof value === 'string' && read(value) !== null, options);
}

/** A URL that a browser opens: http or https. */
export function IsWebUrl(options?: ValidationOptions): PropertyDecorator {
  const isWebUrl = (value: unknown) => typeof value === 'string' && /^https?:\/\//i.test(value) && URL.canParse(value);
  return constraint('isWebUrl', [], isWebUrl, options);
}

/** A JSON value of at most so many bytes in UTF-8. */
export function MaxJsonBytes(max: number, options?: ValidationOptions): PropertyDecorator {
  return constraint('maxJsonBytes', [max], (value) => jsonBytes(value) <= max, options);
}

/** A JSON value in which at most so many objects and arrays lie in one another. */
export function MaxJsonDepth(max: number, options?: ValidationOptions): PropertyDecorator {
  return constraint('maxJsonDepth', [max], (value) => jsonDepth(value) <= max, options);
}
