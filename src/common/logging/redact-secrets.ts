/** A key, personal token, feed token or invitation, whole or cut short; a credential in a header; the password in a URL. */
const tokens = /(?<![A-Za-z0-9])(sk|pat|feed|inv)_[A-Za-z0-9_-]{8,}/g;
/** A JSON Web Token: the beginning of a JSON object in base64url, and at least one part after it. */
const jwts = /(?<![\w-])eyJ[\w-]{5,}(?:\.[\w-]*){1,4}/g;
const headers = /\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi;
const urlPasswords = /(:\/\/[^:/?#\s"@]{0,256}):[^/?#\s"@]{0,256}@/g;

/**
 * Takes secrets out of a line of the log. Nothing in the service logs one on purpose; this catches those that come
 * along in somebody else's words: a driver's error with the connection string, a client's text with its own key.
 * Linear in the length of the line.
 */
export function redactSecrets(line: string): string {
  return line
    .replace(tokens, '$1_[redacted]')
    .replace(jwts, 'eyJ[redacted]')
    .replace(headers, '$1 [redacted]')
    .replace(urlPasswords, '$1:[redacted]@');
}
