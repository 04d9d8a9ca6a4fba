import { codePoints, isWellFormedText } from '../../common/validation/text.js';
import { type Claims } from './read-claim.js';

/** What an issuer tells about a person, as far as it can be kept. */
export interface Profile {
  /** Null unless the issuer says that it has been verified. */
  readonly email: string | null;
  readonly name: string | null;
}

const emailShape = /^(?=.{3,254}$)[^\s@]+@[^\s@]+$/;
const longestName = 255;

/** The profile in a token, or in what the userinfo endpoint answers. */
export function readProfile(claims: Claims): Profile {
  const { email, email_verified: verified, name, preferred_username: username } = claims;
  return { email: verified === true ? readEmail(email) : null, name: readName(name) ?? readName(username) };
}

/**
 * Whether somebody known by one address is the one whom the issuer knows by the other. To the letter beyond ASCII:
 * letter case folds some characters onto others (the Kelvin sign onto k), and addresses that look alike are not one.
 */
export function isSameEmail(known: string, verified: string): boolean {
  if (known === verified) return true;
  const areAscii = [known, verified].every((email) => /^[\x21-\x7e]+$/.test(email));
  return areAscii && known.toLowerCase() === verified.toLowerCase();
}

function readEmail(value: unknown): string | null {
  return typeof value === 'string' && emailShape.test(value) && isWellFormedText(value) ? value : null;
}

function readName(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const name = value.replace(/[\p{Cc}\p{Cs}]+/gu, ' ').trim();
  return name === '' ? null : shortened(name);
}

function shortened(name: string): string {
  return codePoints(name) <= longestName ? name : Array.from(name).slice(0, longestName).join('').trim();
}
