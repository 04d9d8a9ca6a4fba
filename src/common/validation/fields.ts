import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsEmail,
  IsInt,
  IsObject,
  IsString,
  Matches,
  Max,
  Min,
} from 'class-validator';
import {
  IsMember,
  IsReadable,
  IsWebUrl,
  IsWellFormed,
  MaxCodePoints,
  MaxJsonBytes,
  MaxJsonDepth,
  MinCodePoints,
} from './constraints.js';
import { parseDateTime } from './date-time.js';
import { field, type FieldOptions } from './field.js';
import { readUuid } from './uuid.js';

/*
 * The fields of JSON bodies: validation and documentation in one decorator each. Nothing is coerced: a number is no
 * text. A field that was not sent is left out of the DTO, so that `undefined` means unchanged in a PATCH.
 */

interface TextOptions extends FieldOptions {
  /** Lengths in code points, after trimming. */
  readonly max: number;
  /** 1 unless said otherwise. */
  readonly min?: number;
  /** Whitespace at both ends is dropped. */
  readonly trim?: boolean;
  /** Must be linear: it sees what strangers send. */
  readonly pattern?: RegExp;
}

const trimmed = (value: unknown) => (typeof value === 'string' ? value.trim() : value);

/** A text. */
export function StringField({ max, min = 1, trim = false, pattern, ...options }: TextOptions): PropertyDecorator {
  return field(options, {
    constraints: [
      IsString(),
      IsWellFormed(),
      MinCodePoints(min),
      MaxCodePoints(max),
      ...(pattern === undefined ? [] : [Matches(pattern)]),
    ],
    api: {
      type: String,
      minLength: min,
      maxLength: max,
      ...(pattern === undefined ? {} : { pattern: pattern.source }),
    },
    reading: trim ? { prepare: trimmed } : {},
  });
}

/** An e-mail address, trimmed. */
export function EmailField({ max = 255, ...options }: FieldOptions & { max?: number }): PropertyDecorator {
  return field(options, {
    constraints: [IsString(), IsWellFormed(), MinCodePoints(1), MaxCodePoints(max), IsEmail()],
    api: { type: String, format: 'email', maxLength: max },
    reading: { prepare: trimmed },
  });
}

/** A URL that a browser opens. */
export function UrlField({ max = 2000, ...options }: FieldOptions & { max?: number }): PropertyDecorator {
  return field(options, {
    constraints: [IsString(), IsWellFormed(), MinCodePoints(1), MaxCodePoints(max), IsWebUrl()],
    api: { type: String, format: 'uri', maxLength: max },
  });
}

/** true or false. */
export function BooleanField(options: FieldOptions): PropertyDecorator {
  return field(options, { constraints: [IsBoolean()], api: { type: Boolean } });
}

/** A whole number. */
export function IntegerField({ min, max, ...options }: FieldOptions & { min: number; max: number }): PropertyDecorator {
  return field(options, {
    constraints: [IsInt(), Min(min), Max(max)],
    api: { type: 'integer', minimum: min, maximum: max },
  });
}

interface MemberOptions extends FieldOptions {
  /** The canonical values: what a refusal lists and the document shows. */
  readonly values: readonly string[];
  /** Turns what was sent into a canonical value, or null; the handler gets its answer. Exact without it. */
  readonly read?: (text: string) => string | null;
  /** Where more than `values` is read: the length in code points at which a text is refused unread. */
  readonly max?: number;
}

/** One of a few words. */
export function EnumField({ values, read, max, ...options }: MemberOptions): PropertyDecorator {
  const member = read ?? ((text: string) => (values.includes(text) ? text : null));
  return field(options, {
    constraints: [
      IsString(),
      IsWellFormed(),
      ...(max === undefined ? [] : [MinCodePoints(1), MaxCodePoints(max)]),
      IsMember(values, member),
    ],
    api: read
      ? { type: String, maxLength: max, description: options.description }
      : { type: String, enum: [...values] },
    reading: { convert: member },
  });
}

/** An RFC 3339 time with a zone; the handler gets a `Date`. */
export function DateTimeField(options: FieldOptions): PropertyDecorator {
  return field(options, {
    constraints: [IsReadable('isDateTime', parseDateTime)],
    api: { type: String, format: 'date-time' },
    reading: { convert: parseDateTime },
  });
}

/** An id. */
export function UuidField(options: FieldOptions): PropertyDecorator {
  return field(options, {
    constraints: [IsReadable('isUuid', readUuid)],
    api: { type: String, format: 'uuid' },
    reading: { convert: readUuid },
  });
}

/** A JSON object of any keys. `maxBytes` is its size as JSON, `maxDepth` counts the object itself. */
export function DictField({
  maxBytes,
  maxDepth,
  ...options
}: FieldOptions & { maxBytes: number; maxDepth: number }): PropertyDecorator {
  return field(options, {
    constraints: [IsObject(), IsWellFormed(), MaxJsonDepth(maxDepth), MaxJsonBytes(maxBytes)],
    api: { type: 'object', additionalProperties: true },
  });
}

interface ListOptions extends FieldOptions {
  /** Items at most, and at least (0 unless said otherwise). */
  readonly maxItems: number;
  readonly minItems?: number;
}

const listOf = ({ maxItems, minItems = 0 }: ListOptions) => [IsArray(), ArrayMinSize(minItems), ArrayMaxSize(maxItems)];
const listApi = ({ maxItems, minItems = 0 }: ListOptions) => ({ isArray: true as const, maxItems, minItems });

const trimmedItems = (value: unknown) => (Array.isArray(value) ? value.map(trimmed) : value);

/** A list of texts, each of at most `max` code points; with `trim`, whitespace at both ends of each is dropped. */
export function StringListField(options: ListOptions & { max: number; trim?: boolean }): PropertyDecorator {
  const each = { each: true };
  return field(options, {
    constraints: [
      ...listOf(options),
      IsString(each),
      IsWellFormed(each),
      MinCodePoints(1, each),
      MaxCodePoints(options.max, each),
    ],
    api: { type: String, ...listApi(options) },
    reading: options.trim === true ? { prepare: trimmedItems } : {},
  });
}

/** A list of words out of a few. */
export function EnumListField(options: ListOptions & { values: readonly string[] }): PropertyDecorator {
  const { values } = options;
  const member = (text: string) => (values.includes(text) ? text : null);
  return field(options, {
    constraints: [...listOf(options), IsString({ each: true }), IsMember(values, member, { each: true })],
    api: { type: String, enum: [...values], ...listApi(options) },
  });
}

/** A list of ids. */
export function UuidListField(options: ListOptions): PropertyDecorator {
  return field(options, {
    constraints: [...listOf(options), IsReadable('isUuid', readUuid, { each: true })],
    api: { type: String, format: 'uuid', ...listApi(options) },
    reading: { convert: (ids: string[]) => ids.map(readUuid) },
  });
}

/** An object with fields of its own, given by the class that declares them. */
export function ObjectField({ of, ...options }: FieldOptions & { of: () => new () => object }): PropertyDecorator {
  return field(options, { constraints: [IsObject()], api: { type: () => of() }, reading: { nested: of } });
}

/** A list of such objects. */
export function ObjectListField(options: ListOptions & { of: () => new () => object }): PropertyDecorator {
  return field(options, {
    constraints: [...listOf(options), IsObject({ each: true })],
    api: { type: () => options.of(), ...listApi(options) },
    reading: { nested: options.of },
  });
}
