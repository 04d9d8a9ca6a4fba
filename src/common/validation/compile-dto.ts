import { getMetadataStorage } from 'class-validator';
import type { Reading } from './field.js';
import { vocabulary, type Words } from './vocabulary.js';
import type { JsonPath } from './text.js';

/** One constraint of a field, ready to be asked. */
export interface Check {
  readonly holds: (value: unknown) => boolean;
  readonly words: Words;
  readonly places?: (value: unknown) => JsonPath[];
}

/** One field of a DTO, ready to be read. */
export interface CompiledField extends Reading {
  readonly name: string;
  readonly checks: readonly Check[];
  /** Of each item, where the field is a list. */
  readonly itemChecks: readonly Check[];
}

type DtoClass = new () => object;

const compiled = new WeakMap<DtoClass, readonly CompiledField[]>();

/**
 * The fields of a DTO in the order of their declaration, from the metadata that their decorators left with
 * class-validator. Class-validator's own executor collects that metadata anew on every call and knows neither order nor
 * places; this reads it once per class.
 */
export function fieldsOf(dto: DtoClass): readonly CompiledField[] {
  let fields = compiled.get(dto);
  if (fields === undefined) compiled.set(dto, (fields = compile(dto)));
  return fields;
}

function compile(dto: DtoClass): CompiledField[] {
  const metadata = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
  // Class-validator lists a class before the class that it extends; readers expect the base first.
  const ofBase = metadata.filter(({ target }) => target !== dto);
  const names = new Set([...ofBase, ...metadata].map(({ propertyName }) => propertyName));
  return [...names].map((name) => {
    const own = metadata.filter((entry) => entry.propertyName === name);
    const reading = own.find((entry) => entry.context !== undefined)?.context as Reading | undefined;
    if (reading === undefined) throw new Error(`${dto.name}.${name} is declared without a decorator of fields.ts`);
    const constraints = own.filter((entry) => entry.constraintCls !== undefined);
    return {
      ...reading,
      name,
      checks: constraints.filter((entry) => !entry.each).map(toCheck),
      itemChecks: constraints.filter((entry) => entry.each).map(toCheck),
    };
  });
}

type Metadata = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

function toCheck({ constraintCls, constraints, propertyName, target }: Metadata): Check {
  const [constraint] = getMetadataStorage().getTargetValidatorConstraints(constraintCls);
  const entry = vocabulary[constraint?.name ?? ''];
  if (constraint === undefined || entry === undefined) {
    throw new Error(`${propertyName}: vocabulary.ts has no words for the constraint ${constraint?.name}`);
  }
  const { instance } = constraint;
  // Class-validator leaves it undefined, against its own types, where a constraint has no bounds.
  const bounds = (constraints as unknown[] | undefined) ?? [];
  const targetName = typeof target === 'string' ? target : target.name;
  // One for all calls: a copy for each would cost more than all constraints together.
  const args = { targetName, property: propertyName, object: {}, constraints: bounds, value: undefined as unknown };
  return {
    holds: (value) => {
      args.value = value;
      return instance.validate(value, args) === true;
    },
    words: entry.words(bounds as never[]),
    ...(entry.places === undefined ? {} : { places: entry.places }),
  };
}
