import type { Fault } from '../common/errors/invalid.error.js';
import type { FieldOptions } from '../common/validation/field.js';
import { mostAliases } from './catalog-faults.js';
import { StringField, StringListField } from '../common/validation/fields.js';
import { badCharacter } from '../common/validation/vocabulary.js';

/** Controls, line ends, and what shows nothing or turns the text around: two names that look alike would be two things. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** A name that somebody gives: trimmed, and without characters that nobody sees. */
export function NameField(options: FieldOptions & { max: number }): PropertyDecorator {
  return StringField({ ...options, trim: true, judge: (name: string, _, loc) => unseenFaults(name, loc) });
}

/** The former names that still count. */
export function AliasesField({ max }: { max: number }): PropertyDecorator {
  return StringListField({
    required: false,
    max,
    trim: true,
    maxItems: mostAliases,
    description:
      'All further names under which events, filters and rules find it; the name that a rename leaves behind is kept beside them',
    example: ['my-old-service'],
    judge: (names: string[], _, loc) => names.flatMap((name, i) => unseenFaults(name, [...loc, i])),
  });
}

function unseenFaults(name: string, loc: Fault['loc']): Fault[] {
  return unseen.test(name) ? [{ loc, ...badCharacter }] : [];
}
