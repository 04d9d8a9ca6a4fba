import { describe, expect, it } from '@jest/globals';
import { type Expected, judgeToken } from './judge-token.js';

const now = new Date('2026-03-02T14:00:00.500Z');
const seconds = Math.floor(now.getTime() / 1000);
const issuer = 'https://sso.example.com';
const expected: Expected = { issuer, audiences: ['api', 'other-api'], algorithms: ['RS256'], toleranceSeconds: 30 };
const header = { alg: 'RS256', kid: '1', typ: 'at+jwt' };
const claims = { iss: issuer, aud: 'api', sub: 'mona', iat: seconds, exp: seconds + 60 };
const judge = (changes: object, head: object = {}) =>
  judgeToken({ ...header, ...head }, { ...claims, ...changes }, expected, now)?.kind ?? null;

describe('judgeToken', () => {
  it.each<[string, object, object]>([
    ['the access token of a person', {}, {}],
    ['one of several audiences', { aud: ['another', 'other-api'] }, {}],
    ['a type in other letter case', {}, { typ: 'AT+JWT' }],
    ['the type JWT, as many issuers write', {}, { typ: 'JWT' }],
    ['no type', {}, { typ: undefined }],
    ['the media type in full', {}, { typ: 'application/at+jwt' }],
    ['an expiry within the tolerance', { exp: seconds - 29 }, {}],
    ['a start within the tolerance', { nbf: seconds + 30 }, {}],
    ['an issue within the tolerance', { iat: seconds + 30 }, {}],
    ['a client beside the subject', { azp: 'web', client_id: 'web' }, {}],
    ['fractions of seconds', { exp: seconds + 0.5, iat: seconds - 0.5 }, {}],
    ['the kind as Keycloak says it', { typ: 'Bearer' }, {}],
  ])('takes %s', (_, changes, head) => {
    expect(judge(changes, head)).toBeNull();
  });

  it.each<[string, object, string]>([
    ['no algorithm', { alg: undefined }, 'algorithm'],
    ['none', { alg: 'none' }, 'algorithm'],
    ['a shared secret', { alg: 'HS256' }, 'algorithm'],
    ['an algorithm that is not allowed', { alg: 'RS512' }, 'algorithm'],
    ['another letter case', { alg: 'rs256' }, 'algorithm'],
    ['a list', { alg: ['RS256'] }, 'algorithm'],
    ['a logout token', { typ: 'logout+jwt' }, 'type'],
    ['a type that is no text', { typ: 1 }, 'type'],
  ])('refuses a header with %s', (_, head, kind) => {
    expect(judge({}, head)).toBe(kind);
  });

  it.each<[string, object, string]>([
    ['a nonce: an ID token', { nonce: 'n' }, 'kind'],
    ['at_hash: an ID token', { at_hash: 'h' }, 'kind'],
    ['what Cognito calls an ID token', { token_use: 'id' }, 'kind'],
    ['what Keycloak calls an ID token', { typ: 'ID' }, 'kind'],
    ['what Keycloak calls a refresh token', { typ: 'Refresh' }, 'kind'],
    ['events: a logout token', { events: {} }, 'kind'],
    ['the client as its subject: a program', { sub: 'web', client_id: 'web' }, 'kind'],
    ['what Auth0 calls a program', { gty: 'client-credentials' }, 'kind'],
    ['what Entra calls a program', { idtyp: 'app' }, 'kind'],
    ['a key that it is bound to', { cnf: { jkt: 'x' } }, 'bound'],
    ['another issuer', { iss: `${issuer}/` }, 'issuer'],
    ['no issuer', { iss: undefined }, 'issuer'],
    ['a list of issuers', { iss: [issuer] }, 'issuer'],
    ['another audience', { aud: 'web' }, 'audience'],
    ['no audience', { aud: undefined }, 'audience'],
    ['an audience in an object', { aud: { api: 'api' } }, 'audience'],
    ['no subject', { sub: undefined }, 'subject'],
    ['an empty subject', { sub: '' }, 'subject'],
    ['a subject that is no text', { sub: 1 }, 'subject'],
    ['a subject that is too long', { sub: 'x'.repeat(256) }, 'subject'],
    ['a subject that cannot be stored', { sub: 'mona\0' }, 'subject'],
    ['no expiry', { exp: undefined }, 'expiry'],
    ['an expiry that is no number', { exp: String(seconds + 60) }, 'expiry'],
    ['an expiry beyond all dates', { exp: 1e300 }, 'expiry'],
    ['an expiry in the past', { exp: seconds - 30 }, 'expired'],
    ['a start in the future', { nbf: seconds + 31 }, 'start'],
    ['a start that is no number', { nbf: '1' }, 'start'],
    ['an issue in the future', { iat: seconds + 31 }, 'issued'],
    ['no time of issue', { iat: undefined }, 'issued'],
    ['a time of issue that is no number', { iat: null }, 'issued'],
  ])('refuses a token with %s', (_, changes, kind) => {
    expect(judge(changes)).toBe(kind);
  });

  it('tells what was expected, and cuts short what it was sent', () => {
    const told = (changes: object) => judgeToken(header, { ...claims, ...changes }, expected, now)!.told;
    expect(told({ aud: 'web' })).toBe('its audience (aud) is "web"; OIDC_AUDIENCE is "api other-api"');
    expect(told({ iss: 'x'.repeat(1000) }).length).toBeLessThan(250);
  });
});
