import { expect } from '@jest/globals';
import type { Reply } from './pipeline.js';

/** 503 as the contract has it, with the header that tells when to come back. */
export function expectUnavailable({ status, body, headers }: Reply): void {
  expect({ status, body }).toEqual({ status: 503, body: { detail: 'Service temporarily unavailable' } });
  expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
}
