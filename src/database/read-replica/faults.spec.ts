import { describe, expect, it } from '@jest/globals';
import { UnavailableError } from '../../common/errors/request.errors.js';
import { type Fault, ReadReplicaFault, toReadReplicaFault } from './faults.js';

const sql = (code: string) => Object.assign(new Error(`error ${code}`), { code });
const queueTimeout = new Error('timeout exceeded when trying to connect');

describe('toReadReplicaFault', () => {
  it.each<[string, unknown, boolean, Fault]>([
    ['nobody listens', sql('ECONNREFUSED'), false, 'away'],
    ['nobody listens on any address', new AggregateError([sql('ECONNREFUSED')]), false, 'away'],
    ['it starts, or does not accept yet', sql('57P03'), false, 'away'],
    ['the database is not there yet', sql('3D000'), false, 'away'],
    ['its user may not read', sql('42501'), false, 'away'],
    ['no connection in time', queueTimeout, false, 'away'],
    ['no connection in time while all are in use', queueTimeout, true, 'busy'],
    ['too many wait for a connection', new UnavailableError(), true, 'busy'],
    ['in the way of recovery', sql('40001'), false, 'conflict'],
    ['in a deadlock with recovery', sql('40P01'), false, 'conflict'],
    ['cancelled', sql('57014'), false, 'conflict'],
    ['a value out of range', sql('22008'), false, 'failed'],
    ['what is already known', new ReadReplicaFault('behind', 'late'), false, 'behind'],
  ])('%s', (_, error, isFull, fault) => {
    expect(toReadReplicaFault(error, isFull).fault).toBe(fault);
  });

  it('says what it was', () => {
    expect(toReadReplicaFault(new AggregateError([sql('ECONNREFUSED')]), false).message).toBe('error ECONNREFUSED');
  });

  it.each<[Fault, boolean]>([
    ['away', true],
    ['behind', true],
    ['unfit', true],
    ['busy', false],
    ['conflict', false],
    ['failed', false],
  ])('%s: the next list would meet the same: %s', (fault, isOutage) => {
    expect(new ReadReplicaFault(fault, '').isOutage).toBe(isOutage);
  });
});
