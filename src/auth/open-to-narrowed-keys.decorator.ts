import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';

/** The key under which a route says that narrowed keys may use it. */
export const narrowedKey = 'versioner:narrowed';

/**
 * Lets in API keys that are narrowed to products or environments too. Without it they are refused, so that what the
 * account keeps for all of its products is not theirs by oversight. Such a route judges what lies outside, or leaves it
 * out; and where it is a POST that changes something, its answer names `product_id`, by which a replay under an
 * `Idempotency-Key` is judged. Shown in the OpenAPI document as `x-narrowed-keys`.
 */
export function OpenToNarrowedKeys(): MethodDecorator {
  return applyDecorators(SetMetadata(narrowedKey, true), ApiExtension('x-narrowed-keys', true));
}
