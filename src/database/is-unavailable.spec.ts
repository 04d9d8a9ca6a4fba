import { describe, expect, it } from '@jest/globals';
import { UnavailableError } from '../common/errors/request.errors.js';
import { isConnectionLost, isUnavailable } from './is-unavailable.js';

const withCode = (code: string, message = 'it failed'): Error => Object.assign(new Error(message), { code });
const fromPrisma = (code: string, cause: object): Error =>
  Object.assign(new Error('Invalid invocation'), { code, meta: { driverAdapterError: { cause } } });

describe('isUnavailable', () => {
  it.each([
    ['refused', withCode('ECONNREFUSED')],
    ['refused on every address', new AggregateError([withCode('ECONNREFUSED')])],
    ['silent', withCode('ETIMEDOUT')],
    ['silent', new Error('Query read timeout')],
    ['silent while connecting', new Error('timeout expired')],
    ['out of connections in time', new Error('timeout exceeded when trying to connect')],
    ['shutting down', withCode('57P01')],
    ['starting up', withCode('57P03')],
    ['full', withCode('53100')],
    ['out of connection slots', withCode('53300')],
    ['a standby', withCode('25006')],
    ['a database that is not there', withCode('3D000')],
    ['a pooler without a server', new Error('server conn crashed?')],
    ['refused, by Prisma', withCode('P1001')],
    ['silent, by Prisma in a raw query', fromPrisma('P2010', { kind: 'SocketTimeout' })],
    ['full, by Prisma', fromPrisma('P2039', { kind: 'postgres', originalCode: '53100' })],
    ['as a cause', new Error('could not read', { cause: withCode('ECONNRESET') })],
    ['already known', new UnavailableError()],
  ])('is a database that is %s', (_case, error) => {
    expect(isUnavailable(error)).toBe(true);
  });

  it.each([
    ['a duplicate', withCode('23505')],
    ['a mistake in a statement', withCode('42601')],
    ['a duplicate, by Prisma', withCode('P2002')],
    ['a mistake, by Prisma', fromPrisma('P2010', { kind: 'postgres', originalCode: '42703' })],
    ['a fault of the service', new TypeError('x is not a function')],
    ['no error at all', 'ECONNREFUSED'],
  ])('is not %s', (_case, error) => {
    expect(isUnavailable(error)).toBe(false);
  });
});

describe('isConnectionLost', () => {
  it.each([
    withCode('ECONNRESET'),
    withCode('EPIPE'),
    withCode('57P01'),
    new Error('Connection terminated unexpectedly'),
  ])('is %s', (error) => {
    expect(isConnectionLost(error)).toBe(true);
  });

  it.each([withCode('ECONNREFUSED'), withCode('ETIMEDOUT'), withCode('53300'), new Error('timeout exceeded')])(
    'is not %s: another try would wait as long again',
    (error) => {
      expect(isConnectionLost(error)).toBe(false);
    },
  );
});
