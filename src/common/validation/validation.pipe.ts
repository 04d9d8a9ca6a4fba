import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { type Fault, InvalidError } from '../errors/invalid.error.js';
import { readBody, readPath, readQuery } from './read-input.js';
import { readUuid } from './uuid.js';
import { isWellFormedText } from './text.js';
import { badCharacter, notAUuid } from './vocabulary.js';

type Place = Pick<ArgumentMetadata, 'type' | 'metatype' | 'data'>;

/**
 * The one pipe: turns a body or a query string into the DTO that the handler declares, or refuses it with every fault
 * at once. A path parameter named `id` or `…_id` must be a UUID.
 */
@Injectable()
export class ValidationPipe implements PipeTransform {
  transform(value: unknown, place: ArgumentMetadata): unknown {
    const { value: read, faults } = readPlace(value, place);
    if (faults.length > 0) throw new InvalidError(faults);
    return read;
  }
}

/** Reads one argument of a handler from where it comes from; other places than body, query and path pass as they are. */
export function readPlace(
  value: unknown,
  { type, metatype, data }: Place,
): { value: unknown; faults: readonly Fault[] } {
  if (type === 'body' && isDto(metatype)) return readBody(metatype, value);
  if (type === 'query' && isDto(metatype)) return readQuery(metatype, value as Record<string, unknown>);
  if (type === 'param')
    return isDto(metatype) ? readPath(metatype, value as object) : readParameter(value as string, data);
  return { value, faults: [] };
}

function readParameter(value: string, name = ''): { value: unknown; faults: readonly Fault[] } {
  if (!/(^|_)id$/.test(name)) {
    return { value, faults: isWellFormedText(value) ? [] : [{ loc: ['path', name], ...badCharacter }] };
  }
  const id = readUuid(value);
  return { value: id, faults: id === null ? [{ loc: ['path', name], ...notAUuid }] : [] };
}

const plain = new Set<unknown>([String, Boolean, Number, Array, Object]);

function isDto(metatype: unknown): metatype is new () => object {
  return typeof metatype === 'function' && !plain.has(metatype);
}
