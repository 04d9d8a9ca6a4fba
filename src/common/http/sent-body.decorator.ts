import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

/** The JSON object of the body as it came, unknown fields and all, beside the validated DTO. */
export const SentBody = createParamDecorator(
  (_: unknown, context: ExecutionContext): Record<string, unknown> =>
    context.switchToHttp().getRequest<Request>().body as Record<string, unknown>,
);
