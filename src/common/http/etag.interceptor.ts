import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { map, type Observable } from 'rxjs';
import { entityTag, namesTag, tellsOfUse } from './etag.js';

/**
 * Sends the `ETag` of what is answered; a GET whose `If-None-Match` names it is answered 304 (RFC 9110, section 13.1.2),
 * unless the tag leaves out when the resource was used.
 */
@Injectable()
export class EtagInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const { method, headers } = context.switchToHttp().getRequest<Request>();
    const response = context.switchToHttp().getResponse<Response>();
    return next.handle().pipe(
      map((body) => {
        const tag = entityTag(body);
        response.setHeader('ETag', tag);
        const known = headers['if-none-match'];
        if ((method !== 'GET' && method !== 'HEAD') || known === undefined || !namesTag(known, tag)) return body;
        if (tellsOfUse(body)) return body;
        response.status(304);
        return undefined;
      }),
    );
  }
}

/** For handlers that answer a single resource: its `ETag` goes with it, for `If-Match` in a later edit. */
export function WithEtag(): MethodDecorator {
  return applyDecorators(
    UseInterceptors(EtagInterceptor),
    ApiResponse({ status: 304, description: 'What `If-None-Match` names is still the present state' }),
  );
}
