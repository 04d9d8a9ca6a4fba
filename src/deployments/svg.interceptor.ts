import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Response } from 'express';
import { map, type Observable } from 'rxjs';

/**
 * Answers a text as SVG. It may be kept for a minute, by the caches of readers too: pages with badges are read often.
 * It is made to be shown in pages of other hosts, where browsers would not load it with the policy of other answers.
 */
@Injectable()
export class SvgInterceptor implements NestInterceptor<string, string> {
  intercept(context: ExecutionContext, next: CallHandler<string>): Observable<string> {
    const response = context.switchToHttp().getResponse<Response>();
    return next.handle().pipe(
      map((svg) => {
        response.setHeader('Content-Type', 'image/svg+xml; charset=utf-8');
        response.setHeader('Cache-Control', 'max-age=60');
        response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
        return svg;
      }),
    );
  }
}
