import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { IntegerField, StringListField } from './fields.js';
import { readBody } from './read-input.js';

class RangeDto {
  @IntegerField({ min: 0, max: 9, nullable: true })
  from!: number | null;

  @IntegerField({
    min: 0,
    max: 9,
    judge: (to: number, { from }: Partial<RangeDto>, loc) =>
      to < (from ?? 0) ? [{ loc, msg: `ensure this value is at least ${from}`, type: 'value_error.range' }] : [],
  })
  to!: number;

  @StringListField({ maxItems: 9, max: 9, required: false })
  names?: string[];
}

describe('reading a field that depends on those before it', () => {
  it.each<[body: object, ...faults: string[]]>([
    [{ from: 1, to: 1 }],
    [{ from: 2, to: 1 }, 'to: ensure this value is at least 2'],
    [
      { from: 2, to: 1, names: [''] },
      'to: ensure this value is at least 2',
      'names.0: ensure this value has at least 1 characters',
    ],
    [{ from: null, to: 1 }],
    [{ from: '2', to: 1 }, 'from: value is not a valid integer'],
    [{ to: 1 }, 'from: field required'],
    [{ from: 2, to: null }, 'to: none is not an allowed value'],
    [{ from: 2, to: 10 }, 'to: ensure this value is less than or equal to 9'],
    [{ from: 2 }, 'to: field required'],
  ])('of %j', (body, ...faults) => {
    const { faults: found } = readBody(RangeDto, body);
    expect(found.map(({ loc, msg }) => `${loc.slice(1).join('.')}: ${msg}`)).toEqual(faults);
  });
});
