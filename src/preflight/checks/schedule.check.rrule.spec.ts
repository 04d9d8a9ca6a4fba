import 'reflect-metadata';
import { describe } from '@jest/globals';
import { rule, scheduleTable } from '../../../test/support/decide-schedule.js';

describe('rrule', () => {
  scheduleTable([
    {
      name: 'every other Friday since its start',
      config: rule('FREQ=WEEKLY;INTERVAL=2;BYDAY=FR', '2026-01-02T16:00', 120),
      rows: [
        ['2025-12-19T16:00:00.000Z', null],
        ['2026-01-02T15:59:59.999Z', null],
        ['2026-01-02T16:00:00.000Z', ['2026-01-02T16:00:00+00:00', '2026-01-02T18:00:00+00:00']],
        ['2026-01-02T18:00:00.000Z', null],
        ['2026-01-09T16:00:00.000Z', null],
        ['2036-01-04T17:00:00.000Z', ['2036-01-04T16:00:00+00:00', '2036-01-04T18:00:00+00:00']],
        ['2036-01-11T17:00:00.000Z', null],
      ],
    },
    {
      name: 'the last working day of the month',
      config: rule('RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1', '2020-01-31T00:00', 1440),
      rows: [
        ['2026-01-30T12:00:00.000Z', ['2026-01-30T00:00:00+00:00', '2026-01-31T00:00:00+00:00']],
        ['2026-01-31T12:00:00.000Z', null],
        ['2026-02-26T23:59:59.999Z', null],
        ['2026-02-27T00:00:00.000Z', ['2026-02-27T00:00:00+00:00', '2026-02-28T00:00:00+00:00']],
      ],
    },
    {
      name: '29 February, which most years lack',
      config: rule('FREQ=YEARLY', '2024-02-29T09:00', 60),
      rows: [
        ['2026-02-28T09:00:00.000Z', null],
        ['2026-03-01T09:00:00.000Z', null],
        ['2028-02-29T09:00:00.000Z', ['2028-02-29T09:00:00+00:00', '2028-02-29T10:00:00+00:00']],
      ],
    },
    {
      name: 'exceptions',
      config: rule('FREQ=DAILY', '2026-01-01T09:00', 60, 'Europe/Berlin', ['2026-01-03T09:00', '2026-01-04T08:00:00Z']),
      rows: [
        ['2026-01-02T08:00:00.000Z', ['2026-01-02T09:00:00+01:00', '2026-01-02T10:00:00+01:00']],
        ['2026-01-03T08:00:00.000Z', null],
        ['2026-01-04T08:00:00.000Z', null],
        ['2026-01-05T08:00:00.000Z', ['2026-01-05T09:00:00+01:00', '2026-01-05T10:00:00+01:00']],
      ],
    },
    {
      name: 'exceptions count',
      config: rule('FREQ=DAILY;COUNT=3', '2026-01-01T09:00', 60, 'UTC', ['2026-01-02T09:00']),
      rows: [
        ['2026-01-01T09:00:00.000Z', ['2026-01-01T09:00:00+00:00', '2026-01-01T10:00:00+00:00']],
        ['2026-01-02T09:00:00.000Z', null],
        ['2026-01-03T09:00:00.000Z', ['2026-01-03T09:00:00+00:00', '2026-01-03T10:00:00+00:00']],
        ['2026-01-04T09:00:00.000Z', null],
      ],
    },
    {
      name: 'UNTIL is the last moment at which it starts',
      config: rule('FREQ=DAILY;UNTIL=20260103T080000Z', '2026-01-01T09:00', 60, 'Europe/Berlin'),
      rows: [
        ['2026-01-03T08:59:59.999Z', ['2026-01-03T09:00:00+01:00', '2026-01-03T10:00:00+01:00']],
        ['2026-01-04T08:00:00.000Z', null],
      ],
    },
    {
      name: 'UNTIL just before a start',
      config: rule('FREQ=DAILY;UNTIL=20260103T085959', '2026-01-01T09:00', 60, 'Europe/Berlin'),
      rows: [
        ['2026-01-02T08:00:00.000Z', ['2026-01-02T09:00:00+01:00', '2026-01-02T10:00:00+01:00']],
        ['2026-01-03T08:00:00.000Z', null],
      ],
    },
    {
      name: 'UNTIL a date lasts to its end',
      config: rule('FREQ=DAILY;UNTIL=20260103', '2026-01-01T23:59', 1),
      rows: [
        ['2026-01-03T23:59:00.000Z', ['2026-01-03T23:59:00+00:00', '2026-01-04T00:00:00+00:00']],
        ['2026-01-04T23:59:00.000Z', null],
      ],
    },
    {
      name: 'a start with an offset is one by the clock of the zone',
      config: rule('FREQ=DAILY', '2026-01-01T09:00:00-08:00', 60, 'America/Los_Angeles'),
      rows: [
        ['2026-07-01T15:59:59.999Z', null],
        ['2026-07-01T16:00:00.000Z', ['2026-07-01T09:00:00-07:00', '2026-07-01T10:00:00-07:00']],
      ],
    },
    {
      name: 'a missing start means the first moment after the gap, then minutes pass',
      config: rule('FREQ=DAILY', '2026-01-01T02:30', 30, 'America/Los_Angeles'),
      rows: [
        ['2026-03-08T09:59:59.999Z', null],
        ['2026-03-08T10:00:00.000Z', ['2026-03-08T03:00:00-07:00', '2026-03-08T03:30:00-07:00']],
        ['2026-03-08T10:30:00.000Z', null],
      ],
    },
    {
      name: 'of two starts the first, then minutes pass',
      config: rule('FREQ=DAILY', '2025-01-01T01:30', 60, 'America/Los_Angeles'),
      rows: [
        ['2025-11-02T08:29:59.999Z', null],
        ['2025-11-02T08:30:00.000Z', ['2025-11-02T01:30:00-07:00', '2025-11-02T01:30:00-08:00']],
        ['2025-11-02T09:30:00.000Z', null],
      ],
    },
    {
      name: 'every third hour',
      config: rule('FREQ=HOURLY;INTERVAL=3', '2026-01-01T00:15', 30),
      rows: [
        ['2026-06-01T03:14:59.999Z', null],
        ['2026-06-01T03:15:00.000Z', ['2026-06-01T03:15:00+00:00', '2026-06-01T03:45:00+00:00']],
        ['2026-06-01T03:45:00.000Z', null],
        ['2026-06-01T04:15:00.000Z', null],
      ],
    },
    {
      name: 'every hour for an hour never opens, once it has begun',
      config: rule('FREQ=HOURLY', '2026-01-01T00:00', 60),
      rows: [
        ['2025-12-31T23:59:59.999Z', null],
        ['2026-01-01T00:00:00.000Z', ['2026-01-01T00:00:00+00:00', null]],
      ],
    },
    {
      name: 'never comes',
      config: rule('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', '2020-01-01T00:00', 60),
      rows: [
        ['2026-02-28T00:00:00.000Z', null],
        ['2026-03-02T00:00:00.000Z', null],
      ],
    },
  ]);
});
