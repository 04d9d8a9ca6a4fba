import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { readScheduleConfig } from '../preflight/checks/schedule.config.js';
import { opensEver } from './opens-ever.js';

const now = new Date('2026-03-02T14:00:00Z');
const daily = (mode: string, start_time: string, end_time: string) => ({
  mode,
  recurrence: 'daily',
  windows: [{ start_time, end_time }],
});
const once = (mode: string, start: string, end: string) => ({ mode, recurrence: 'once', windows: [{ start, end }] });

function opens(...configs: object[]): boolean {
  const schedules = configs.map((json) => {
    const reading = readScheduleConfig(json, []);
    if ('faults' in reading) throw new Error(JSON.stringify(reading.faults));
    return reading.config;
  });
  return opensEver(schedules, now);
}

describe('opensEver', () => {
  it.each<[what: string, expected: boolean, ...configs: object[]]>([
    ['nothing closes', true],
    ['one opens every day', true, daily('allow', '09:00', '17:00')],
    ['two open in the same hour', true, daily('allow', '09:00', '12:00'), daily('allow', '11:59', '17:00')],
    ['one opens when the other closes', false, daily('allow', '09:00', '12:00'), daily('allow', '12:00', '17:00')],
    ['one closes what the other opens', false, daily('allow', '09:00', '17:00'), daily('deny', '08:00', '17:00')],
    [
      'one leaves a minute of what the other opens',
      true,
      daily('allow', '09:00', '17:00'),
      daily('deny', '08:00', '16:59'),
    ],
    ['two close the day together', false, daily('deny', '00:00', '12:00'), daily('deny', '12:00', '24:00')],
    [
      'three close the day together',
      false,
      daily('deny', '00:00', '08:00'),
      daily('deny', '08:00', '16:00'),
      daily('deny', '16:00', '24:00'),
    ],
    ['one never opens again', false, once('allow', '2026-01-01T00:00:00', '2026-03-02T14:00:00')],
    ['one opens just once', true, once('allow', '2027-03-01T00:00:00', '2027-03-01T00:01:00')],
    [
      'one opens once, and then the other is closed',
      false,
      once('allow', '2027-03-01T00:00:00', '2027-03-01T00:01:00'),
      daily('deny', '00:00', '00:01'),
    ],
  ])('where %s: %s', (_, expected, ...configs) => {
    expect(opens(...configs)).toBe(expected);
  });
});
