import { isIP } from 'node:net';

/** The address that a request came from, without its zone; null for what is none (behind `TRUST_PROXY` it may be any text). */
export function toAddress(ip: string | undefined): string | null {
  return isIP(ip ?? '') === 0 ? null : ip!.split('%', 1)[0]!;
}
