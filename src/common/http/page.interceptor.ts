import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { map, type Observable } from 'rxjs';
import { Env } from '../../config/env.js';
import { encodeCursor } from './cursor.js';
import type { Page } from './pagination.js';

/** Answers the items of a page as an array, and names the next page in the `Link` header (RFC 8288). */
@Injectable()
export class PageInterceptor implements NestInterceptor<Page<unknown>, readonly unknown[]> {
  constructor(private readonly env: Env) {}

  intercept(context: ExecutionContext, next: CallHandler<Page<unknown>>): Observable<readonly unknown[]> {
    const http = context.switchToHttp();
    return next.handle().pipe(
      map((page) => {
        if (page.next !== null) {
          const link = nextLink(this.env.publicUrl, http.getRequest<Request>().url, encodeCursor(page.next));
          http.getResponse<Response>().setHeader('Link', `<${link}>; rel="next"`);
        }
        return page.items;
      }),
    );
  }
}

/**
 * The address of the next page: the present one with another cursor. Relative, or under the public URL; never made
 * from the Host header, which a stranger may have set.
 */
export function nextLink(publicUrl: string | null, url: string, cursor: string): string {
  const [path = '/', query = ''] = url.split('?', 2);
  const parameters = new URLSearchParams(query);
  parameters.set('cursor', cursor);
  return `${(publicUrl ?? '').replace(/\/+$/, '')}${path}?${parameters.toString()}`;
}

/** For handlers that return a `Page` of what `item` documents. */
export function Paged(item: new () => object): MethodDecorator {
  const link = {
    description: 'Where the next page is, while there is more: `<…>; rel="next"`',
    schema: { type: 'string' as const },
    example: '</deployments/?limit=50&cursor=MTc3MjQ2MDMwOTEyMw>; rel="next"',
  };
  return applyDecorators(
    UseInterceptors(PageInterceptor),
    ApiOkResponse({ type: [item], description: 'One page, newest first', headers: { Link: link } }),
  );
}
