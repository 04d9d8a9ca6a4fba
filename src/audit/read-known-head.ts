import type { KnownHead } from './chain-verifier.js';

/** Reads `seq:hash`; null where there is none, or where it has another shape. */
export function readKnownHead(text: string | null): KnownHead | null {
  const [, seq, hash] = /^([1-9]\d{0,14}):([0-9a-f]{64})$/.exec(text ?? '') ?? [];
  return seq === undefined || hash === undefined ? null : { seq: Number(seq), hash };
}
