import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

/** What the client sent as `If-Match`, or null: the state that it means to change, for `requireMatch`. */
export const IfMatch = createParamDecorator(
  (_: unknown, context: ExecutionContext): string | null =>
    context.switchToHttp().getRequest<Request>().headers['if-match'] ?? null,
);
