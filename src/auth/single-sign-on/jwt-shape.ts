/** Longer than any access token that fits into a request's headers (16 KiB for all of them); beyond it nothing is read. */
const longestToken = 15_000;

const shape = /^eyJ[\w-]+\.[\w-]+\.[\w-]*$/;

/**
 * Whether a text looks like a signed JSON Web Token (RFC 7519): three parts in base64url, the first of them the
 * beginning of a JSON object. It proves nothing; an unsigned one looks so, too.
 */
export function isJwtShaped(text: string): boolean {
  return text.length <= longestToken && shape.test(text);
}
