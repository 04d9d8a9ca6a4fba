import { describe, expect, it } from '@jest/globals';
import { readCredential } from './read-credential.js';
import { hashSecret } from './secrets.js';

const random = 'a'.repeat(40);
const key = `sk_acme_ci_${random}`;
const jwt = 'eyJh.eyJz.c2ln';
const token = `pat_acme_${random}`;

describe('readCredential', () => {
  it.each([
    ['an API key', `Bearer ${key}`, { kind: 'sk', accountSlug: 'acme', hash: hashSecret(key) }],
    ['a personal token', `Bearer ${token}`, { kind: 'pat', accountSlug: 'acme', hash: hashSecret(token) }],
    ['the scheme in lower case', `bearer ${key}`, { kind: 'sk', accountSlug: 'acme', hash: hashSecret(key) }],
    ['more than one space', `Bearer   ${key}`, { kind: 'sk', accountSlug: 'acme', hash: hashSecret(key) }],
    ['a JSON Web Token', `Bearer ${jwt}`, { kind: 'jwt', token: jwt }],
    [
      'one without a signature, to be refused',
      `Bearer ${jwt}.`.replace('.c2ln', ''),
      { kind: 'jwt', token: 'eyJh.eyJz.' },
    ],
    ['one in two parts', 'Bearer eyJh.eyJz', null],
    ['an encrypted one', `Bearer ${jwt}.a.b`, null],
    ['one that is too long', `Bearer eyJh.eyJz.${'a'.repeat(15_000)}`, null],
    ['nothing', undefined, null],
    ['an empty header', '', null],
    ['the scheme alone', 'Bearer', null],
    ['another scheme', `Basic ${key}`, null],
    ['no scheme', key, null],
    ['two credentials', `Bearer ${key} ${key}`, null],
    ['a feed token', `Bearer feed_acme_${random}`, null],
    ['an invitation', `Bearer inv_acme_${random}`, null],
    ['something else', 'Bearer nonsense', null],
  ])('%s', (_, authorization, credential) => {
    expect(readCredential({ headers: { authorization }, url: '/deployments/' })).toEqual(credential);
  });

  it.each([
    ['/deployments/?limit=1', true],
    ['/deployments/?deployed_by=sk_someone', true],
    ['/deployments/?', true],
    [`/deployments/?token=${key}`, false],
    ['/deployments/?token=', false],
    ['/deployments/?limit=1&api_key=x', false],
    ['/deployments/?Access_Token=x', false],
    [`/deployments/?version=${token}`, false],
    [`/deployments/?version=${encodeURIComponent(key).replace('sk', '%73k')}`, false],
    [`/deployments/?t=${jwt}`, false],
    [`/deployments/?t=feed_acme_${random}`, false],
    [`/deployments/?t=inv_acme_${random}`, false],
  ])('a good header with %s: %s', (url, accepted) => {
    expect(readCredential({ headers: { authorization: `Bearer ${key}` }, url }) !== null).toBe(accepted);
  });
});
