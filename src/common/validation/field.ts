import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { ValidateIf } from 'class-validator';
import type { Fault } from '../errors/invalid.error.js';

/**
 * What is wrong with a value that is sound by itself, given the fields that are declared before it: those that were sent,
 * and sound. Never asked of null.
 */
type Judge = (value: never, before: never, loc: Fault['loc']) => readonly Fault[];

/** Marks a property in the OpenAPI document until its examples have been made. */
export const notInExample = 'x-not-in-example';

/** What every field of a request has, whatever its type. */
export interface FieldOptions {
  readonly description?: string;
  readonly example?: unknown;
  /** False: not in the example of the whole body, which must work as it stands; this names what need not be there. */
  readonly inExample?: boolean;
  /** Must be sent. True unless said otherwise. */
  readonly required?: boolean;
  /** May be sent as null, which then reaches the handler: in a PATCH it clears. */
  readonly nullable?: boolean;
  /** Null and the empty text count as not sent: CI systems send them. Implies `required: false`. */
  readonly emptyIsAbsent?: boolean;
  /** What the handler gets when the field was not sent. Implies `required: false`. */
  readonly default?: unknown;
  readonly judge?: Judge;
}

/** How a field is read besides its constraints; it travels as the `context` of its class-validator metadata. */
export interface Reading {
  readonly required: boolean;
  readonly nullable: boolean;
  readonly emptyIsAbsent: boolean;
  /** Before the constraints: trims. */
  readonly prepare?: (value: unknown) => unknown;
  /** After them: the value that the handler gets. Never called for null. */
  readonly convert?: (value: never) => unknown;
  /** The class of an object, or of the objects of a list. */
  readonly nested?: () => new () => object;
  readonly judge?: Judge;
  readonly default?: unknown;
}

interface Parts {
  readonly constraints: readonly PropertyDecorator[];
  readonly api: ApiPropertyOptions;
  readonly reading?: Pick<Reading, 'prepare' | 'convert' | 'nested'>;
}

/** Composes a field of a DTO: its class-validator constraints in the order in which they are judged, and its entry in the OpenAPI document. */
export function field(options: FieldOptions, { constraints, api, reading }: Parts): PropertyDecorator {
  const emptyIsAbsent = options.emptyIsAbsent ?? false;
  const required = (options.required ?? true) && !emptyIsAbsent && options.default === undefined;
  const nullable = options.nullable ?? false;
  const { judge } = options;
  const context: Reading = { required, nullable, emptyIsAbsent, default: options.default, judge, ...reading };
  const judged = (_: unknown, value: unknown) =>
    !(value === undefined && !required) && !(value === null && nullable) && !(emptyIsAbsent && isEmpty(value));
  const documented = {
    ...api,
    required,
    ...(options.description === undefined ? {} : { description: options.description }),
    ...(options.example === undefined ? {} : { example: options.example }),
    ...(options.inExample === false ? { [notInExample]: true } : {}),
    ...(options.default === undefined ? {} : { default: options.default }),
    ...(nullable || emptyIsAbsent ? { nullable: true } : {}),
  } as ApiPropertyOptions;
  return applyDecorators(ValidateIf(judged, { context }), ...constraints, ApiProperty(documented));
}

/** Whether a field with `emptyIsAbsent` counts as not sent. */
export function isEmpty(value: unknown): boolean {
  return value === null || value === '';
}
