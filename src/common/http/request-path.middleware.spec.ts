import { describe, expect, it } from '@jest/globals';
import { normalizeTarget } from './request-path.middleware.js';

describe('normalizeTarget', () => {
  it.each([
    ['/deployment-events/', '/deployment-events/'],
    ['//deployment-events/', '/deployment-events/'],
    ['///deployments//0190b6f2//', '/deployments/0190b6f2/'],
    ['/deployments/?product=a//b', '/deployments/?product=a//b'],
    ['//deployments?next=//x', '/deployments?next=//x'],
    ['http://versioner.example.com/health', '/health'],
    ['http://versioner.example.com', '/'],
    ['/badges/my%20service/production.svg', '/badges/my%20service/production.svg'],
    ['/%E0%A4%A', '/%EF%BF%BD'],
    ['/deployments/%?limit=5', '/%EF%BF%BD?limit=5'],
    ['*', '/%EF%BF%BD'],
    ['ftp://versioner.example.com/health', '/%EF%BF%BD'],
  ])('%s is %s', (sent, served) => {
    expect(normalizeTarget(sent)).toBe(served);
  });
});
