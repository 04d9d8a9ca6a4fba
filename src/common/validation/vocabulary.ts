import { illFormedPlaces, type JsonPath } from './text.js';

/** What is wrong with a value, in the words of the API. */
export interface Words {
  readonly msg: string;
  readonly type: string;
}

export const missing: Words = { msg: 'field required', type: 'value_error.missing' };
export const notNull: Words = { msg: 'none is not an allowed value', type: 'type_error.none.not_allowed' };
export const extra: Words = { msg: 'extra fields not permitted', type: 'value_error.extra' };
export const notAText: Words = { msg: 'str type expected', type: 'type_error.str' };
export const notADict: Words = { msg: 'value is not a valid dict', type: 'type_error.dict' };
export const notAUuid: Words = { msg: 'value is not a valid uuid', type: 'type_error.uuid' };
export const badCharacter: Words = { msg: 'invalid character in string', type: 'value_error.str.character' };

export function tooShort(min: number): Words {
  return { msg: `ensure this value has at least ${min} characters`, type: 'value_error.any_str.min_length' };
}

export function tooLong(max: number): Words {
  return { msg: `ensure this value has at most ${max} characters`, type: 'value_error.any_str.max_length' };
}

export function notAMember(values: readonly string[]): Words {
  const permitted = values.map((value) => `'${value}'`).join(', ');
  return { msg: `value is not a valid enumeration member; permitted: ${permitted}`, type: 'type_error.enum' };
}

interface Entry {
  readonly words: (bounds: readonly never[]) => Words;
  /** The places inside the value that are at fault; without it, the value itself is. */
  readonly places?: (value: unknown) => JsonPath[];
}

const always = (words: Words): Entry => ({ words: () => words });
const bounded = (words: (bound: never) => Words): Entry => ({ words: (bounds) => words(bounds[0]!) });

/** How each constraint of `fields.ts` reads on the wire: the one table of 422. Keys are the constraints' names. */
export const vocabulary: Readonly<Record<string, Entry>> = {
  isString: always(notAText),
  isWellFormed: { words: () => badCharacter, places: illFormedPlaces },
  minCodePoints: bounded(tooShort),
  maxCodePoints: bounded(tooLong),
  matches: bounded((pattern: RegExp) => ({
    msg: `string does not match regex "${pattern.source}"`,
    type: 'value_error.str.regex',
  })),
  isInt: always({ msg: 'value is not a valid integer', type: 'type_error.integer' }),
  min: bounded((min: number) => ({
    msg: `ensure this value is greater than or equal to ${min}`,
    type: 'value_error.number.not_ge',
  })),
  max: bounded((max: number) => ({
    msg: `ensure this value is less than or equal to ${max}`,
    type: 'value_error.number.not_le',
  })),
  isBoolean: always({ msg: 'value could not be parsed to a boolean', type: 'type_error.bool' }),
  isMember: bounded(notAMember),
  isUuid: always(notAUuid),
  isDateTime: always({ msg: 'invalid datetime format', type: 'value_error.datetime' }),
  isTimeOfDay: always({ msg: 'invalid time format, expected HH:MM', type: 'value_error.time' }),
  isTimeZone: always({ msg: 'value is not a known IANA time zone', type: 'value_error.timezone' }),
  isDayOfMonth: always({
    msg: 'ensure this value lies between 1 and 31, or is -1 for the last day',
    type: 'value_error.number.day_of_month',
  }),
  isWeekOfMonth: always({
    msg: 'ensure this value lies between 1 and 5, or is -1 for the last week',
    type: 'value_error.number.week_of_month',
  }),
  isEmail: always({ msg: 'value is not a valid email address', type: 'value_error.email' }),
  isWebUrl: always({ msg: 'invalid or missing URL scheme', type: 'value_error.url.scheme' }),
  isCursor: always({ msg: 'value is not a valid cursor', type: 'value_error.cursor' }),
  isObject: always(notADict),
  maxJsonBytes: bounded((max: number) => ({
    msg: `ensure this value has at most ${max} bytes`,
    type: 'value_error.dict.max_size',
  })),
  maxJsonDepth: bounded((max: number) => ({
    msg: `ensure this value is nested at most ${max} levels deep`,
    type: 'value_error.dict.max_depth',
  })),
  isArray: always({ msg: 'value is not a valid list', type: 'type_error.list' }),
  arrayMinSize: bounded((min: number) => ({
    msg: `ensure this value has at least ${min} items`,
    type: 'value_error.list.min_items',
  })),
  arrayMaxSize: bounded((max: number) => ({
    msg: `ensure this value has at most ${max} items`,
    type: 'value_error.list.max_items',
  })),
};
