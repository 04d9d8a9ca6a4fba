import { createHash } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Injectable, Logger } from '@nestjs/common';
import type { Response } from 'express';
import type { Actor } from '../../auth/actor.js';
import { coversEnvironment, coversProduct, type Narrowing } from '../../auth/narrowing.js';
import { ConflictError } from '../errors/conflict.error.js';
import { InvalidError } from '../errors/invalid.error.js';
import { ForbiddenError } from '../errors/request.errors.js';
import { type ClaimedKey, IdempotencyRepository } from './idempotency.repository.js';
import type { ReadRequest } from './input.guard.js';
import { runningError } from './running-error.js';
import { showsSecret } from './shows-secret.js';
import { takesNoInput } from './takes-no-input.decorator.js';

type IdempotentRequest = ReadRequest & { actor?: Actor };

/**
 * `Idempotency-Key` on any POST (`2-api.md`, Conventions): of the requests with one key, credential, path and body, one
 * runs; the others are given its answer. The work keeps its answer in its own transaction (`keepAnswer`, or the
 * event's deciding statement), so a crash loses both or neither.
 *
 * A guard and not an interceptor: it must run for every POST, and the first interceptor of a route costs a tenth of an
 * event, for a header that few send.
 */
@Injectable()
export class IdempotencyGuard implements CanActivate {
  private readonly logger = new Logger(IdempotencyGuard.name);

  constructor(private readonly keys: IdempotencyRepository) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<IdempotentRequest>();
    const header = request.headers['idempotency-key'];
    if (header === undefined || request.method !== 'POST' || request.actor === undefined) return true;
    if (takesNoInput(context)) return true;
    return this.claim(request, request.actor, header as string, http.getResponse());
  }

  private async claim(request: IdempotentRequest, actor: Actor, header: string, response: Response): Promise<boolean> {
    // With and without its last slash a path is the same.
    const claim = { path: request.path.replace(/\/$/, '') || '/', key: header };
    const key: ClaimedKey = { accountId: actor.accountId, credentialId: actor.credentialId, ...claim };
    const hash = createHash('sha256')
      .update(request.rawBody ?? '')
      .digest();

    const outcome = await this.keys.claim(key, hash);
    switch (outcome.kind) {
      case 'claimed':
        request.actor = { ...actor, idempotency: claim };
        this.settleBeforeAnswering(response, key, outcome.leasedUntil);
        return true;
      case 'running':
        throw runningError(claim.path);
      case 'other_body':
        throw new InvalidError([
          {
            loc: ['header', 'idempotency-key'],
            msg: 'key was used for another request body',
            type: 'value_error.idempotency_key',
          },
        ]);
      case 'answered':
        if (outcome.body === null) throw shownOnceError(outcome.location);
        if (actor.narrowing !== null) {
          const place = placeOf(outcome.body);
          // What names no product only asked (a dry run): it is asked again.
          if (place === null) return true;
          // The key may have been narrowed since.
          if (!isWithin(actor.narrowing, place)) throw new ForbiddenError();
        }
        if (outcome.location !== null) response.setHeader('Location', outcome.location);
        response.setHeader('Idempotency-Replayed', 'true').status(outcome.statusCode).json(outcome.body);
        // It has been answered; the handler must not run.
        return false;
    }
  }

  /** The key is given back, or the answer kept, before the client learns of it: a client that goes on at once finds it so. */
  private settleBeforeAnswering(response: Response, key: ClaimedKey, leasedUntil: Date): void {
    const send = response.json.bind(response);
    response.json = (body: unknown) => {
      response.json = send;
      void this.settle(response, key, leasedUntil, body).finally(() => {
        if (!response.headersSent) send(body);
      });
      return response;
    };
  }

  private async settle(response: Response, key: ClaimedKey, leasedUntil: Date, body: unknown): Promise<void> {
    const { statusCode } = response;
    try {
      if (statusCode >= 300) return await this.keys.release(key, leasedUntil);
      const location = response.getHeader('location')?.toString() ?? null;
      await this.keys.keep(key, leasedUntil, {
        statusCode,
        location,
        body: showsSecret(body) ? null : (body as object),
      });
    } catch (error) {
      // The work is done, or refused, either way. The lease runs out by itself.
      this.logger.warn({ message: 'An idempotency key could not be settled', err: error });
    }
  }
}

/** The product, and the environment if there is one, that an answer is about; null for none. */
function placeOf(body: unknown): { productId: string; environmentId: string | undefined } | null {
  const { product_id: productId, environment_id: environmentId } = body as Partial<Record<string, string>>;
  return productId === undefined ? null : { productId, environmentId };
}

function isWithin(
  narrowing: Narrowing,
  { productId, environmentId }: NonNullable<ReturnType<typeof placeOf>>,
): boolean {
  if (!coversProduct(narrowing, productId)) return false;
  return environmentId === undefined || coversEnvironment(narrowing, environmentId);
}

function shownOnceError(location: string | null): ConflictError {
  return new ConflictError(
    'Already created; its secret was shown once',
    {},
    location === null ? {} : { Location: location },
  );
}
