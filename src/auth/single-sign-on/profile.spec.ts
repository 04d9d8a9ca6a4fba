import { describe, expect, it } from '@jest/globals';
import { isSameEmail, readProfile } from './profile.js';

describe('readProfile', () => {
  it.each<[string, object, string | null]>([
    ['verified', { email: 'a@example.com', email_verified: true }, 'a@example.com'],
    ['not verified', { email: 'a@example.com', email_verified: false }, null],
    ['of which nothing is said', { email: 'a@example.com' }, null],
    ['verified in words only', { email: 'a@example.com', email_verified: 'true' }, null],
    ['that is none', { email: 'nobody', email_verified: true }, null],
    ['with a space', { email: 'a @example.com', email_verified: true }, null],
    ['that is no text', { email: ['a@example.com'], email_verified: true }, null],
    ['that cannot be stored', { email: 'a\0@example.com', email_verified: true }, null],
    ['too long', { email: `${'a'.repeat(250)}@example.com`, email_verified: true }, null],
  ])('an e-mail %s', (_, claims, email) => {
    expect(readProfile({ ...claims }).email).toBe(email);
  });

  it.each<[string, object, string | null]>([
    ['as it is', { name: 'Mona Lisa', preferred_username: 'mona' }, 'Mona Lisa'],
    ['the user name without another', { preferred_username: 'mona' }, 'mona'],
    ['the user name for an empty one', { name: ' \n', preferred_username: 'mona' }, 'mona'],
    ['without what cannot be shown', { name: 'Mona\0\r\nLisa\ud800' }, 'Mona Lisa'],
    ['cut short', { name: '🙂'.repeat(300) }, '🙂'.repeat(255)],
    ['none', { name: 1 }, null],
  ])('a name: %s', (_, claims, name) => {
    expect(readProfile({ ...claims }).name).toBe(name);
  });
});

it.each([
  ['mona@example.com', 'mona@example.com', true],
  ['Mona@Example.com', 'mona@EXAMPLE.com', true],
  ['mona@example.com', 'lisa@example.com', false],
  // The Kelvin sign and the dotless i become k and i in lower or upper case; the address is another one.
  ['kevin@example.com', '\u212Aevin@example.com', false],
  ['admin@example.com', 'adm\u0131n@example.com', false],
  ['zoë@example.com', 'zoë@example.com', true],
  ['zoë@example.com', 'ZOË@example.com', false],
])('%s and %s are one address: %s', (known, verified, same) => {
  expect(isSameEmail(known, verified)).toBe(same);
});
