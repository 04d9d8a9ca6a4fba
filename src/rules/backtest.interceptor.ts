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
import { encodeCursor } from '../common/http/cursor.js';
import { nextLink } from '../common/http/page.interceptor.js';
import { toWireTime } from '../common/wire-time.js';
import { Env } from '../config/env.js';
import { BacktestResultDto } from './backtest.dto.js';
import type { BacktestTotals } from './backtest-tally.js';

/** As `PageInterceptor`, for a page that stands among totals. */
@Injectable()
export class BacktestPageInterceptor implements NestInterceptor<BacktestTotals, BacktestResultDto> {
  constructor(private readonly env: Env) {}

  intercept(context: ExecutionContext, next: CallHandler<BacktestTotals>): Observable<BacktestResultDto> {
    const http = context.switchToHttp();
    return next.handle().pipe(
      map(({ evaluated, blocked, results, removedBefore }) => {
        if (results.next !== null) {
          const link = nextLink(this.env.publicUrl, http.getRequest<Request>().url, encodeCursor(results.next));
          http.getResponse<Response>().setHeader('Link', `<${link}>; rel="next"`);
        }
        const attempts_removed_before = removedBefore && toWireTime(removedBefore);
        return { evaluated, blocked, attempts_removed_before, results: [...results.items] };
      }),
    );
  }
}

export function BacktestPage(): MethodDecorator {
  const link = {
    description: 'Where to send the same body for the next page of results, while there is more: `<…>; rel="next"`',
    schema: { type: 'string' as const },
    example: '</deployment-rules/backtest?cursor=MTc3MjQ2MDMwOTEyMw>; rel="next"',
  };
  return applyDecorators(
    UseInterceptors(BacktestPageInterceptor),
    ApiOkResponse({ type: BacktestResultDto, description: 'What it would have done', headers: { Link: link } }),
  );
}
