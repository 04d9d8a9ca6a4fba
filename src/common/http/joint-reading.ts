import type { ExecutionContext } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { Request } from 'express';
import type { Fault } from '../errors/invalid.error.js';
import { extra, tooLong, tooShort } from '../validation/vocabulary.js';
import { readPlace } from '../validation/validation.pipe.js';

/** One thing that a handler takes from the request. */
interface Taken {
  readonly type: 'body' | 'query' | 'param';
  /** A DTO, or the type of a single value. */
  readonly metatype: (new () => object) | undefined;
  /** The name of a single value. */
  readonly data: string | undefined;
}

const types: Readonly<Partial<Record<number, Taken['type']>>> = {
  [RouteParamtypes.PARAM]: 'param',
  [RouteParamtypes.QUERY]: 'query',
  [RouteParamtypes.BODY]: 'body',
};
/** Faults are told in the order in which a request is written: its path, its query string, its headers, its body. */
const order: readonly Taken['type'][] = ['param', 'query', 'body'];
const maxKeyLength = 255;

const takenBy = new WeakMap<object, readonly Taken[]>();

/**
 * Whether more than one place of a request may be at fault. A pipe sees one place only and the first that throws wins,
 * while a client is told every fault at once; where only the body is looked at, the pipe alone will do.
 */
export function needsJointReading(request: Request, context: ExecutionContext): boolean {
  const taken = inputsOf(context);
  return (
    taken.length > 1 ||
    request.headers['idempotency-key'] !== undefined ||
    (request.url.includes('?') && !taken.some(({ type }) => type === 'query'))
  );
}

/** Every fault of the path, the query string, the `Idempotency-Key` and the body. */
export function faultsOfAllPlaces(request: Request, context: ExecutionContext): Fault[] {
  const taken = inputsOf(context);
  const of = (type: Taken['type']) => taken.filter((input) => input.type === type);
  return [
    ...of('param').flatMap((input) => faultsOf(request.params, input)),
    ...queryFaults(request, of('query')),
    ...headerFaults(request),
    ...of('body').flatMap((input) => faultsOf(request.body, input)),
  ];
}

function faultsOf(source: unknown, input: Taken): readonly Fault[] {
  const value = input.data === undefined ? source : (source as Readonly<Record<string, unknown>>)[input.data];
  return readPlace(value, input).faults;
}

/** Parameters that nobody declared are a mistake: a filter that is misspelt would list everything. */
function queryFaults({ query }: Request, taken: readonly Taken[]): Fault[] {
  const dto = taken.find(({ data }) => data === undefined);
  if (dto !== undefined) return [...faultsOf(query, dto)];
  const declared = new Set(taken.map(({ data }) => data));
  return Object.keys(query)
    .filter((name) => !declared.has(name))
    .map((name) => ({ loc: ['query', name], ...extra }));
}

function headerFaults({ method, headers }: Request): Fault[] {
  const key = headers['idempotency-key'];
  if (method !== 'POST' || typeof key !== 'string') return [];
  const loc = ['header', 'idempotency-key'];
  if (key.length === 0) return [{ loc, ...tooShort(1) }];
  return key.length > maxKeyLength ? [{ loc, ...tooLong(maxKeyLength) }] : [];
}

function inputsOf(context: ExecutionContext): readonly Taken[] {
  const handler = context.getHandler();
  let taken = takenBy.get(handler);
  if (taken === undefined) takenBy.set(handler, (taken = declaredInputs(context.getClass(), handler.name)));
  return taken;
}

function declaredInputs(controller: new () => object, method: string): Taken[] {
  const declared = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, method) ?? {}) as Readonly<
    Record<string, { readonly index: number; readonly data?: unknown }>
  >;
  const metatypes = (Reflect.getMetadata('design:paramtypes', controller.prototype as object, method) ??
    []) as Taken['metatype'][];
  return Object.entries(declared)
    .flatMap(([key, { index, data }]): Taken[] => {
      const type = types[Number(key.split(':', 1)[0])];
      return type === undefined
        ? []
        : [{ type, metatype: metatypes[index], data: typeof data === 'string' ? data : undefined }];
    })
    .sort((a, b) => order.indexOf(a.type) - order.indexOf(b.type));
}
