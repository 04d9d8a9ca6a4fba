import { describe, expect, it } from '@jest/globals';
import { Caches } from '../../common/caches.js';
import { Clock } from '../../common/clock.js';
import type { IssuerClient } from './issuer-client.js';
import type { SignOn } from './sign-on.js';
import { VerifiedTokens } from './verified-tokens.js';

describe('VerifiedTokens', () => {
  it('remembers a bounded number of tokens, and forgets the oldest', () => {
    const issuer = { revision: () => 1 } as IssuerClient;
    const tokens = new VerifiedTokens(issuer, new Clock(), new Caches());
    const signOn = { expiresAt: new Date(8.64e15) } as SignOn;
    for (let i = 0; i <= 5_000; i++) tokens.keep(`token ${i}`, signOn, 1);
    expect(tokens.find('token 0')).toBeNull();
    expect(tokens.find('token 1')).toBe(signOn);
    expect(tokens.find('token 5000')).toBe(signOn);
  });
});
