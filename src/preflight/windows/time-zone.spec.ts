import { describe, expect, it } from '@jest/globals';
import { timeZone } from './time-zone.js';

const wall = (text: string) => Date.parse(`${text}Z`);
const iso = (moment: number) => new Date(moment).toISOString().replace('.000Z', 'Z');

describe('the moments of a wall-clock time', () => {
  it.each([
    // zone, time, how often clocks show it, as a start, as an end
    ['UTC', '2026-03-08T02:30', 1, '2026-03-08T02:30:00Z', '2026-03-08T02:30:00Z'],
    ['America/Los_Angeles', '2026-03-08T01:59', 1, '2026-03-08T09:59:00Z', '2026-03-08T09:59:00Z'],
    ['America/Los_Angeles', '2026-03-08T02:00', 0, '2026-03-08T10:00:00Z', '2026-03-08T10:00:00Z'],
    ['America/Los_Angeles', '2026-03-08T02:59', 0, '2026-03-08T10:00:00Z', '2026-03-08T10:00:00Z'],
    ['America/Los_Angeles', '2026-03-08T03:00', 1, '2026-03-08T10:00:00Z', '2026-03-08T10:00:00Z'],
    ['America/Los_Angeles', '2025-11-02T00:59', 1, '2025-11-02T07:59:00Z', '2025-11-02T07:59:00Z'],
    ['America/Los_Angeles', '2025-11-02T01:00', 2, '2025-11-02T08:00:00Z', '2025-11-02T09:00:00Z'],
    ['America/Los_Angeles', '2025-11-02T01:59', 2, '2025-11-02T08:59:00Z', '2025-11-02T09:59:00Z'],
    ['America/Los_Angeles', '2025-11-02T02:00', 1, '2025-11-02T10:00:00Z', '2025-11-02T10:00:00Z'],
    ['Australia/Lord_Howe', '2026-10-04T02:10', 0, '2026-10-03T15:30:00Z', '2026-10-03T15:30:00Z'],
    ['Australia/Lord_Howe', '2026-04-05T01:45', 2, '2026-04-04T14:45:00Z', '2026-04-04T15:15:00Z'],
    ['Asia/Kathmandu', '2026-06-01T09:00', 1, '2026-06-01T03:15:00Z', '2026-06-01T03:15:00Z'],
    ['Pacific/Apia', '2011-12-29T23:59', 1, '2011-12-30T09:59:00Z', '2011-12-30T09:59:00Z'],
    ['Pacific/Apia', '2011-12-30T00:00', 0, '2011-12-30T10:00:00Z', '2011-12-30T10:00:00Z'],
    ['Pacific/Apia', '2011-12-30T23:59', 0, '2011-12-30T10:00:00Z', '2011-12-30T10:00:00Z'],
    ['Pacific/Apia', '2011-12-31T00:00', 1, '2011-12-30T10:00:00Z', '2011-12-30T10:00:00Z'],
    ['America/Sao_Paulo', '2018-11-04T00:00', 0, '2018-11-04T03:00:00Z', '2018-11-04T03:00:00Z'],
    ['America/Sao_Paulo', '2018-02-17T23:30', 2, '2018-02-18T01:30:00Z', '2018-02-18T02:30:00Z'],
    ['Africa/Casablanca', '2026-02-15T02:30', 2, '2026-02-15T01:30:00Z', '2026-02-15T02:30:00Z'],
    ['Africa/Casablanca', '2026-03-22T02:30', 0, '2026-03-22T02:00:00Z', '2026-03-22T02:00:00Z'],
    ['Europe/Dublin', '2026-10-25T01:30', 2, '2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'],
    ['Europe/London', '9998-03-29T01:30', 0, '9998-03-29T01:00:00Z', '9998-03-29T01:00:00Z'],
  ] as const)('%s %s: %i, %s, %s', (name, time, times, start, end) => {
    const zone = timeZone(name)!;
    expect([zone.timesOf(wall(time)), iso(zone.startOf(wall(time))), iso(zone.endOf(wall(time)))]).toEqual([
      times,
      start,
      end,
    ]);
  });
});

describe('what a zone shows', () => {
  it.each([
    ['UTC', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00+00:00', '2026-01-01 00:00'],
    ['America/Los_Angeles', '2025-10-24T22:00:00Z', '2025-10-24T15:00:00-07:00', '2025-10-24 15:00'],
    ['Asia/Kathmandu', '2026-01-01T00:00:05Z', '2026-01-01T05:45:05+05:45', '2026-01-01 05:45:05'],
    ['America/St_Johns', '2026-01-01T00:00:00Z', '2025-12-31T20:30:00-03:30', '2025-12-31 20:30'],
    ['Africa/Monrovia', '1971-01-01T00:00:00Z', '1970-12-31T23:15:30-00:44', '1970-12-31 23:15:30'],
  ])('%s at %s: %s', (name, moment, precise, shown) => {
    const zone = timeZone(name)!;
    expect([zone.toRfc3339(Date.parse(moment)), zone.show(Date.parse(moment))]).toEqual([precise, shown]);
  });

  it('knows its changes', () => {
    const zone = timeZone('Europe/Berlin')!;
    const changes = zone.changes(Date.UTC(2020, 0), Date.UTC(2030, 0));
    expect(changes.map(({ at }) => iso(at)).slice(0, 3)).toEqual([
      '2020-03-29T01:00:00Z',
      '2020-10-25T01:00:00Z',
      '2021-03-28T01:00:00Z',
    ]);
    expect(changes.length).toBe(20);
    expect(changes[0]).toMatchObject({ before: 3_600_000, after: 7_200_000 });
    expect(zone.changes(Date.parse('2020-03-29T01:00:00Z'), Date.parse('2020-03-29T01:00:00Z') + 1).length).toBe(1);
    expect(zone.changes(Date.parse('2020-03-29T00:00:00Z'), Date.parse('2020-03-29T01:00:00Z')).length).toBe(0);
  });
});

describe('timeZone', () => {
  it.each([
    ['Europe/Berlin', 'Europe/Berlin'],
    ['europe/berlin', 'Europe/Berlin'],
    ['utc', 'UTC'],
    ['Etc/GMT+5', 'Etc/GMT+5'],
    ['', null],
    ['+02:00', null],
    ['Mars/Olympus', null],
    ['PST', null],
    ['Europe/Berlin ', null],
    ['__proto__', null],
  ])('%j is %s', (name, canonical) => {
    expect(timeZone(name)?.name ?? null).toBe(canonical);
  });

  it('gives one zone for one name', () => {
    expect(timeZone('EUROPE/PARIS')).toBe(timeZone('Europe/Paris'));
  });
});
