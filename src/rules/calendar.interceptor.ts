import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Response } from 'express';
import { map, type Observable } from 'rxjs';

/** Answers a text as iCalendar. Its reader may keep it for a minute, nobody between: it tells of an account's rules. */
@Injectable()
export class CalendarInterceptor implements NestInterceptor<string, string> {
  intercept(context: ExecutionContext, next: CallHandler<string>): Observable<string> {
    const response = context.switchToHttp().getResponse<Response>();
    return next.handle().pipe(
      map((calendar) => {
        response.setHeader('Content-Type', 'text/calendar; charset=utf-8');
        response.setHeader('Cache-Control', 'private, max-age=60');
        return calendar;
      }),
    );
  }
}
