import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { ClientGoneError } from '../http/collect-body.js';
import { rememberFailure } from '../logging/request-failure.js';
import { toDomainError } from './to-domain-error.js';
import { type Answer, answerTo, internalError } from './answers.js';

/**
 * The contract, in one place: every refusal of every route goes through here. What is no refusal is a fault of the
 * service: 500, and its cause is only in the log, tied to the answer by `X-Request-Id`.
 */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<Request>(), http.getResponse<Response>());
  }

  /** Answers an error that was thrown outside a handler. */
  answer(error: unknown, request: Request, response: Response): void {
    if (error instanceof ClientGoneError) return;
    const refusal = toDomainError(error);
    const { status, body, headers }: Answer = refusal === null ? internalError : answerTo(refusal);
    if (status >= 500 || status === 403) rememberFailure(request, error);
    // Nobody is left to be told, or somebody has been told already: an idempotent replay, a request that took too long.
    if (response.headersSent || response.destroyed) return;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.status(status).json(body);
  }
}
