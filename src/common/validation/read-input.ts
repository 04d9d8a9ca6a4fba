import { plainToInstance } from 'class-transformer';
import type { Fault } from '../errors/invalid.error.js';
import { type Check, type CompiledField, fieldsOf } from './compile-dto.js';
import { isEmpty } from './field.js';
import { extra, missing, notADict, notNull, type Words } from './vocabulary.js';

type DtoClass<T extends object> = new () => T;
type Loc = readonly (string | number)[];

/** What was read, and every fault in the order of the fields; the value counts only where there is no fault. */
export interface Reading<T> {
  readonly value: T;
  readonly faults: readonly Fault[];
}

/** Reads a JSON body: coerces nothing, ignores what the DTO does not declare. */
export function readBody<T extends object>(dto: DtoClass<T>, body: unknown): Reading<T> {
  const faults: Fault[] = [];
  const value = Object.create(dto.prototype as object) as T;
  if (body === undefined) faults.push({ loc: ['body'], ...missing });
  else if (!isDict(body)) faults.push({ loc: ['body'], ...(body === null ? notNull : notADict) });
  else readFields(dto, body, value, ['body'], faults);
  return { value, faults };
}

/**
 * Reads an object that says what shall be done and therefore may hold nothing unknown: whatever the DTO, or a DTO inside
 * it, does not declare is a fault.
 */
export function readStrict<T extends object>(dto: DtoClass<T>, json: unknown, loc: Loc): Reading<T> {
  const faults: Fault[] = [];
  const value = Object.create(dto.prototype as object) as T;
  if (isDict(json)) {
    readFields(dto, json, value, loc, faults);
    faults.push(...undeclared(dto, json, loc));
  } else {
    faults.push({ loc, ...(json === undefined ? missing : json === null ? notNull : notADict) });
  }
  return { value, faults };
}

/** Reads the parameters of a path. */
export function readPath<T extends object>(dto: DtoClass<T>, parameters: object): Reading<T> {
  const faults: Fault[] = [];
  const value = Object.create(dto.prototype as object) as T;
  readFields(dto, parameters, value, ['path'], faults);
  return { value, faults };
}

/** Reads a query string: makes numbers, booleans and lists of text, refuses parameters that the DTO does not declare. */
export function readQuery<T extends object>(dto: DtoClass<T>, query: Readonly<Record<string, unknown>>): Reading<T> {
  const faults: Fault[] = [];
  const value = Object.create(dto.prototype as object) as T;
  const coerced = plainToInstance(dto, { ...query }) as Readonly<Record<string, unknown>>;
  readFields(dto, coerced, value, ['query'], faults);
  const declared = new Set(fieldsOf(dto).map(({ name }) => name));
  for (const name of Object.keys(query)) if (!declared.has(name)) faults.push({ loc: ['query', name], ...extra });
  return { value, faults };
}

/** What an object, and the objects inside it, hold beside what their DTOs declare. */
function undeclared(dto: DtoClass<object>, json: object, loc: Loc): Fault[] {
  const fields = new Map(fieldsOf(dto).map((field) => [field.name, field]));
  return Object.entries(json).flatMap(([name, value]: [string, unknown]): Fault[] => {
    const field = fields.get(name);
    if (field === undefined) return [{ loc: [...loc, name], ...extra }];
    const nested = field.nested?.();
    if (nested === undefined) return [];
    if (!Array.isArray(value)) return isDict(value) ? undeclared(nested, value, [...loc, name]) : [];
    return value.flatMap((item: unknown, i) => (isDict(item) ? undeclared(nested, item, [...loc, name, i]) : []));
  });
}

function readFields<T extends object>(dto: DtoClass<T>, source: object, target: T, loc: Loc, faults: Fault[]): void {
  for (const field of fieldsOf(dto)) {
    const sent = Object.hasOwn(source, field.name) ? (source as Record<string, unknown>)[field.name] : undefined;
    const value = readField(field, sent, target, loc, faults);
    if (value !== undefined) (target as Record<string, unknown>)[field.name] = value;
  }
}

function readField(field: CompiledField, sent: unknown, fields: object, outer: Loc, faults: Fault[]): unknown {
  const value = field.prepare === undefined ? sent : field.prepare(sent);
  if (value === undefined || (field.emptyIsAbsent && isEmpty(value))) {
    if (field.required) faults.push({ loc: [...outer, field.name], ...missing });
    return field.default;
  }
  if (value === null) {
    if (!field.nullable) faults.push({ loc: [...outer, field.name], ...notNull });
    return null;
  }
  for (const check of field.checks) {
    if (!check.holds(value)) return refuse(check, value, [...outer, field.name], faults);
  }
  const before = faults.length;
  const read =
    field.itemChecks.length > 0 || field.nested ? readInside(field, value, [...outer, field.name], faults) : value;
  if (faults.length > before) return read;
  if (field.judge !== undefined) faults.push(...field.judge(read as never, fields as never, [...outer, field.name]));
  return field.convert === undefined ? read : field.convert(read as never);
}

/** The items of a list, and what a nested DTO declares. */
function readInside(field: CompiledField, value: unknown, loc: Loc, faults: Fault[]): unknown {
  if (!Array.isArray(value)) return readNested(field, value, loc, faults);
  return value.map((item: unknown, index) => {
    const failed = field.itemChecks.find((check) => !check.holds(item));
    return failed === undefined
      ? readNested(field, item, [...loc, index], faults)
      : refuse(failed, item, [...loc, index], faults, item === null ? notNull : failed.words);
  });
}

function readNested(field: CompiledField, value: unknown, loc: Loc, faults: Fault[]): unknown {
  if (field.nested === undefined) return value;
  const dto = field.nested();
  const nested = Object.create(dto.prototype as object) as object;
  readFields(dto, value as object, nested, loc, faults);
  return nested;
}

function refuse(check: Check, value: unknown, loc: Loc, faults: Fault[], words: Words = check.words): undefined {
  for (const place of check.places?.(value) ?? [[]]) faults.push({ loc: [...loc, ...place], ...words });
  return undefined;
}

function isDict(body: unknown): body is object {
  return typeof body === 'object' && body !== null && !Array.isArray(body);
}
