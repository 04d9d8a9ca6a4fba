import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import type { Actor } from '../../auth/actor.js';
import { InvalidError } from '../errors/invalid.error.js';
import { UnavailableError, UnsupportedMediaTypeError } from '../errors/request.errors.js';
import { announcesBody, collectBody } from './collect-body.js';
import { faultsOfAllPlaces, needsJointReading } from './joint-reading.js';
import { parseJson } from './parse-json.js';
import { takesNoInput } from './takes-no-input.decorator.js';

const methodsWithBody = new Set(['POST', 'PUT', 'PATCH']);

/** A request whose body has been read. */
export interface ReadRequest extends Request {
  /** The body before it was parsed; kept only where an `Idempotency-Key` came with it. */
  rawBody?: Buffer;
  /** Set by the bearer guard; absent on public routes. */
  readonly actor?: Actor;
}

/**
 * Bodies of one credential that may be on their way at once: a quarter of all the requests that may be under way. One
 * that is sent slowly holds its place for as long as a client may take, and others must find room meanwhile.
 */
const mostBodies = 500;

/**
 * Reads the body. It is the last guard, because Nest runs guards before it looks at anything that a client sent: so
 * 401, 429, 404, 405 and 403 come before 413, 400 and 422, and nothing is parsed for strangers.
 */
@Injectable()
export class InputGuard implements CanActivate {
  /** How many bodies are on their way, by whose they are. */
  private readonly underWay = new Map<string, number>();

  canActivate(context: ExecutionContext): true | Promise<true> {
    const request = context.switchToHttp().getRequest<ReadRequest>();
    if (takesNoInput(context)) return true;
    if (!methodsWithBody.has(request.method) || !announcesBody(request)) return this.admit(request, context);
    return this.read(request).then(() => this.admit(request, context));
  }

  private async read(request: ReadRequest): Promise<void> {
    const bytes = await this.collect(request);
    if (bytes.length === 0) return;
    if (!isJson(request.headers['content-type'])) throw new UnsupportedMediaTypeError();
    if (request.headers['idempotency-key'] !== undefined) request.rawBody = bytes;
    request.body = parseJson(bytes);
  }

  private async collect(request: ReadRequest): Promise<Buffer> {
    const from = request.actor?.credentialId ?? request.ip ?? '';
    const count = this.underWay.get(from) ?? 0;
    if (count >= mostBodies) throw new UnavailableError('Too many bodies of one credential are on their way');
    this.underWay.set(from, count + 1);
    try {
      return await collectBody(request);
    } finally {
      const left = this.underWay.get(from)! - 1;
      if (left > 0) this.underWay.set(from, left);
      else this.underWay.delete(from);
    }
  }

  private admit(request: ReadRequest, context: ExecutionContext): true {
    if (needsJointReading(request, context)) {
      const faults = faultsOfAllPlaces(request, context);
      if (faults.length > 0) throw new InvalidError(faults);
    }
    return true;
  }
}

function isJson(contentType: string | undefined): boolean {
  const mediaType = (contentType ?? '').split(';', 1)[0]!.trim().toLowerCase();
  return mediaType === 'application/json' || (mediaType.startsWith('application/') && mediaType.endsWith('+json'));
}
