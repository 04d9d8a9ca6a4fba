import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { describeSecret, hashSecret, newSecret, parseSecret, toKeySlug } from './secrets.js';

const random = 'a'.repeat(32);

describe('newSecret', () => {
  it.each([
    ['sk', 'deploy-bot', /^sk_acme_deploy-bot_[0-9A-Za-z]{40}$/],
    ['sk', undefined, /^sk_acme_key_[0-9A-Za-z]{40}$/],
    ['pat', undefined, /^pat_acme_[0-9A-Za-z]{40}$/],
    ['feed', undefined, /^feed_acme_[0-9A-Za-z]{40}$/],
    ['inv', undefined, /^inv_acme_[0-9A-Za-z]{40}$/],
  ] as const)('makes a %s secret', (kind, keySlug, shape) => {
    const made = newSecret(kind, 'acme', keySlug);
    expect(made.secret).toMatch(shape);
    expect(made.hash).toEqual(createHash('sha256').update(made.secret).digest());
    expect(made.secret.startsWith(made.prefix)).toBe(true);
    expect(made.secret.length - made.prefix.length).toBe(36);
    expect(parseSecret(made.secret)).toEqual({ kind, accountSlug: 'acme' });
  });

  it('never makes the same secret twice, and uses the whole alphabet', () => {
    const made = Array.from({ length: 200 }, () => newSecret('pat', 'a').secret.slice('pat_a_'.length));
    expect(new Set(made).size).toBe(200);
    expect(new Set(made.join('')).size).toBe(62);
  });
});

describe('parseSecret', () => {
  it.each([
    [`sk_acme_ci_${random}`, { kind: 'sk', accountSlug: 'acme' }],
    [`sk_a-1_k-2_${random}`, { kind: 'sk', accountSlug: 'a-1' }],
    [`pat_acme_${random}`, { kind: 'pat', accountSlug: 'acme' }],
    [`feed_acme_${random}`, { kind: 'feed', accountSlug: 'acme' }],
    [`inv_acme_${random}`, { kind: 'inv', accountSlug: 'acme' }],
    [`inv_acme_${random.slice(1)}`, null],
    ['', null],
    ['sk_', null],
    ['sk', null],
    [`sk_acme_${random}`, null],
    [`sk_acme_ci_${random.slice(1)}`, null],
    [`sk_Acme_ci_${random}`, null],
    [`sk_acme_ci_${random}_`, null],
    [`sk_acme_ci_${random}\n`, null],
    [` sk_acme_ci_${random}`, null],
    [`pat_acme_ci_${random}`, null],
    [`xx_acme_ci_${random}`, null],
    [`sk_acme_ci_${'a'.repeat(600)}`, null],
  ])('%s', (secret, parsed) => {
    expect(parseSecret(secret)).toEqual(parsed);
  });
});

describe('describeSecret', () => {
  it('shows four characters of the random part', () => {
    const secret = `sk_acme_ci_Wxyz${random}`;
    expect(describeSecret(secret)).toEqual({ secret, prefix: 'sk_acme_ci_Wxyz', hash: hashSecret(secret) });
  });
});

describe('toKeySlug', () => {
  it.each([
    ['CI', 'ci'],
    ['GitHub Actions (main)', 'github-actions-main'],
    ['Déploiement', 'deploiement'],
    ['日本', 'key'],
    ['--', 'key'],
    ['a'.repeat(80), 'a'.repeat(32)],
    [`${'a'.repeat(31)} b`, 'a'.repeat(31)],
  ])('%s → %s', (name, slug) => {
    expect(toKeySlug(name)).toBe(slug);
  });

  it('always makes a slug that a secret can carry', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 120 }), (name) => {
        expect(parseSecret(newSecret('sk', 'acme', toKeySlug(name)).secret)).not.toBeNull();
      }),
    );
  });
});
