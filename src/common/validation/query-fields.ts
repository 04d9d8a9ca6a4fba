import { Transform } from 'class-transformer';
import { applyDecorators } from '@nestjs/common';
import { ArrayMaxSize, IsArray, IsString } from 'class-validator';
import { IsMember, IsWellFormed, MaxCodePoints, MinCodePoints } from './constraints.js';
import { field, type FieldOptions } from './field.js';
import { BooleanField, DateTimeField, IntegerField, StringField } from './fields.js';

/*
 * The fields of query strings. All that a query string holds is text, so numbers and booleans are made of it first;
 * what is repeated is a list. All are optional unless said otherwise.
 */

type QueryOptions = Omit<FieldOptions, 'nullable' | 'emptyIsAbsent'>;

/** Values of one parameter at most, and code points of each. */
const maxValues = 100;
const maxLength = 500;

const asInteger = (value: unknown) => (typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value);
const booleans: Readonly<Record<string, boolean>> = { true: true, '1': true, false: false, '0': false };
const asBoolean = (value: unknown) =>
  typeof value === 'string' && Object.hasOwn(booleans, value) ? booleans[value] : value;
const asList = (value: unknown) => (Array.isArray(value) ? value : [value]);
/** A `+` that was not escaped arrives as a space. */
const asTime = (value: unknown) => (typeof value === 'string' ? value.replace(/ (\d\d:\d\d)$/, '+$1') : value);

function coerced(coerce: (value: unknown) => unknown, decorator: PropertyDecorator): PropertyDecorator {
  const given = (value: unknown) => (value === undefined ? undefined : coerce(value));
  return applyDecorators(
    Transform(({ value }) => given(value)),
    decorator,
  );
}

/** One text; with `trim`, whitespace at both ends is dropped. */
export function QueryStringField({
  max = maxLength,
  ...options
}: QueryOptions & { max?: number; trim?: boolean }): PropertyDecorator {
  return StringField({ required: false, max, ...options });
}

/** Any number of texts: the parameter may be repeated. The handler gets a list, or undefined. */
export function QueryListField({ max = maxLength, ...options }: QueryOptions & { max?: number }): PropertyDecorator {
  const each = { each: true };
  return coerced(
    asList,
    field(
      { required: false, ...options },
      {
        constraints: [
          IsArray(),
          ArrayMaxSize(maxValues),
          IsString(each),
          IsWellFormed(each),
          MinCodePoints(1, each),
          MaxCodePoints(max, each),
        ],
        api: { type: String, isArray: true },
      },
    ),
  );
}

interface QueryMemberOptions extends QueryOptions {
  readonly values: readonly string[];
  /** As for `EnumField`. */
  readonly read?: (text: string) => string | null;
}

/** Any number of words out of a few; the handler gets the canonical ones. */
export function QueryEnumListField({ values, read, ...options }: QueryMemberOptions): PropertyDecorator {
  const member = read ?? ((text: string) => (values.includes(text) ? text : null));
  return coerced(
    asList,
    field(
      { required: false, ...options },
      {
        constraints: [IsArray(), ArrayMaxSize(maxValues), IsMember(values, member, { each: true })],
        api: { type: String, isArray: true, ...(read ? {} : { enum: [...values] }) },
        reading: { convert: (list: string[]) => list.map(member) },
      },
    ),
  );
}

/** A whole number. */
export function QueryIntegerField(options: QueryOptions & { min: number; max: number }): PropertyDecorator {
  return coerced(asInteger, IntegerField({ required: false, ...options }));
}

/** true or false, also written 1 or 0. */
export function QueryBooleanField(options: QueryOptions): PropertyDecorator {
  return coerced(asBoolean, BooleanField({ required: false, ...options }));
}

/** An RFC 3339 time with a zone; the handler gets a `Date`. */
export function QueryDateTimeField(options: QueryOptions): PropertyDecorator {
  return coerced(asTime, DateTimeField({ required: false, ...options }));
}
