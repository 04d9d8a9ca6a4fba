import { describe, expect, it } from '@jest/globals';
import { redactSecrets } from './redact-secrets.js';

describe('redactSecrets', () => {
  it.each([
    ['an API key', 'key sk_default_ci_0123456789abcdefghijABCDEFGHIJ12 was sent', 'key sk_[redacted] was sent'],
    ['a key with dashes in its slug', '"sk_my-team_ci_0123456789abcdefghijABCDEFGHIJ12"', '"sk_[redacted]"'],
    ['a personal token', 'pat_0123456789abcdefghijABCDEFGHIJ12.', 'pat_[redacted].'],
    ['a feed token in a query', '?token=feed_0123456789abcdefghijABCDEFGHIJ12&x=1', '?token=feed_[redacted]&x=1'],
    ['an invitation', 'inv_acme_0123456789abcdefghijABCDEFGHIJ12 sent', 'inv_[redacted] sent'],
    ['a header', 'Authorization: Bearer abcdef.ghijkl-mnop', 'Authorization: Bearer [redacted]'],
    ['a password in a URL', 'postgres://me:p%40ss@db:5432/v?x=y', 'postgres://me:[redacted]@db:5432/v?x=y'],
    ['a password without a user', 'redis://:hunter2@cache:6379', 'redis://:[redacted]@cache:6379'],
    ['a JSON Web Token', '"eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln-_x" sent', '"eyJ[redacted]" sent'],
    ['one cut short', 'token=eyJhbGciOiJSUzI1NiJ9.eyJzdWIi', 'token=eyJ[redacted]'],
    ['two on one line', 'sk_a_b_12345678 pat_12345678', 'sk_[redacted] pat_[redacted]'],
  ])('takes out %s', (_case, line, expected) => {
    expect(redactSecrets(line)).toBe(expected);
  });

  it.each([
    ['words that only end alike', 'task_definition_name disk_usage_percent conv_inv2_x compat_mode_enabled'],
    ['URLs without credentials', 'listening on http://localhost:3000/a:b@c'],
    ['what is no token', 'a cursor eyJhdCI6MX0, keyJar.eyJ.x'],
    ['ids and times', '{"id":"0190b3a2-7f6e-7cc1-a3f0-0123456789ab","at":"2026-01-01T00:00:00.000Z"}'],
  ])('leaves %s alone', (_case, line) => {
    expect(redactSecrets(line)).toBe(line);
  });
});
