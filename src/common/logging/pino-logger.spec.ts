import { beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { createLog } from './create-log.js';
import { PinoLogger } from './pino-logger.js';

describe('PinoLogger', () => {
  let lines: Record<string, unknown>[];
  let logger: PinoLogger;

  beforeEach(() => {
    lines = [];
    const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
    logger = new PinoLogger(createLog({ level: 'info', format: 'json' }, destination));
  });

  it("writes what Nest's loggers say, with their name", () => {
    Logger.overrideLogger(logger);
    new Logger('Sweep').log('3 deployments were stale');
    new Logger('Sweep').warn('late', { minutes: 3 });
    Logger.overrideLogger(false);
    expect(lines).toMatchObject([
      { level: 'info', context: 'Sweep', msg: '3 deployments were stale' },
      { level: 'warn', context: 'Sweep', msg: 'late' },
    ]);
    expect(lines[0]?.['time']).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it('shows an error once, with its causes and without what the driver hung on it', () => {
    const cause = Object.assign(new Error('duplicate key'), { code: '23505', parameters: ['secret'] });
    logger.error(new Error('could not write', { cause }), 'Builds');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      level: 'error',
      context: 'Builds',
      msg: 'could not write',
      err: { type: 'Error', message: 'could not write', cause: { message: 'duplicate key', code: '23505' } },
    });
    expect(JSON.stringify(lines)).not.toContain('secret');
  });

  it('keeps a stack that Nest passes as text', () => {
    logger.error('it broke', 'Error: it broke\n    at here (file.ts:1:1)', 'Router');
    expect(lines[0]).toMatchObject({ context: 'Router', msg: 'it broke', stack: expect.stringContaining('file.ts') });
  });

  it('writes the fields of an object', () => {
    logger.log({ msg: 'Started', port: 3000 });
    expect(lines[0]).toMatchObject({ level: 'info', msg: 'Started', port: 3000 });
  });

  it('lets no secret through, wherever it stands', () => {
    logger.warn('with sk_default_ci_0123456789abcdefghij', 'Auth');
    logger.log({ authorization: 'Bearer 0123456789abcdef' });
    logger.error(new Error('connect postgres://me:hunter2@db/x'));
    expect(JSON.stringify(lines)).not.toMatch(/0123456789|hunter2/);
  });

  it('says nothing below its level', () => {
    logger.debug('details');
    logger.verbose('more');
    expect(lines).toEqual([]);
  });
});
