import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import ICAL from 'ical.js';
import { type ScheduleConfig, readScheduleConfig } from '../preflight/checks/schedule.config.js';
import { ruleExamples } from './rule-examples.js';
import type { RuleView } from './rule.mapper.js';
import { closedTimes, writeCalendar } from './write-calendar.js';

const now = new Date('2026-03-02T14:00:00Z');
const later = new Date('2026-03-31T14:00:00Z');
const { config: freeze, name, message } = ruleExamples.schedule;

const view: RuleView = {
  id: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a71',
  revision: 3,
  name,
  description: null,
  message,
  type: 'schedule',
  status: 'enabled',
  products: [],
  environments: ['production'],
  environmentTypes: [],
  config: freeze,
  createdBy: null,
  createdAt: new Date('2026-01-01T00:00:00Z'),
  updatedAt: new Date('2026-02-01T12:34:56.789Z'),
};

function configOf(json: object): ScheduleConfig {
  const reading = readScheduleConfig(json, []);
  if ('faults' in reading) throw new Error(JSON.stringify(reading.faults));
  return reading.config;
}

function write(changes: Partial<RuleView> = {}, from = now, to = later): string {
  const rule = { ...view, ...changes };
  return writeCalendar(closedTimes(rule, configOf(rule.config as object), from, to), false);
}

function eventsOf(calendar: string): ICAL.Event[] {
  const events = new ICAL.Component(ICAL.parse(calendar) as unknown[]).getAllSubcomponents('vevent');
  return events.map((event) => new ICAL.Event(event));
}

const times = (calendar: string): string[] =>
  eventsOf(calendar).map(({ startDate, endDate }) => `${startDate.toString()} ${endDate.toString()}`);

describe('writeCalendar', () => {
  it('writes an event for each closed period, by the clock of the rule', () => {
    expect(times(write())).toEqual([
      '2026-03-06T23:00:00Z 2026-03-09T07:00:00Z',
      '2026-03-13T22:00:00Z 2026-03-16T07:00:00Z',
      '2026-03-20T22:00:00Z 2026-03-23T07:00:00Z',
      '2026-03-27T22:00:00Z 2026-03-30T07:00:00Z',
    ]);
  });

  it('writes what is closed around the windows of an allow rule', () => {
    const config = {
      mode: 'allow',
      recurrence: 'weekly',
      windows: [{ start_day: 'tuesday', start_time: '09:00', end_day: 'tuesday', end_time: '17:00' }],
    };
    expect(times(write({ config }, now, new Date('2026-03-12T00:00:00Z')))).toEqual([
      '2026-02-24T17:00:00Z 2026-03-03T09:00:00Z',
      '2026-03-03T17:00:00Z 2026-03-10T09:00:00Z',
      '2026-03-10T17:00:00Z 2026-03-17T09:00:00Z',
    ]);
  });

  it('says what the rule says, and where it applies', () => {
    const [event] = eventsOf(write());
    expect(event!.summary).toBe('friday_freeze');
    expect(event!.description).toBe(
      'No deployments allowed on Fridays after 3pm PST\nWeekly deployment freeze\nNothing can be deployed: all products in production.',
    );
    const narrow = {
      message: null,
      products: ['web', 'api'],
      environments: [],
      environmentTypes: ['production', 'staging'],
    };
    expect(eventsOf(write({ ...narrow, config: { ...freeze, reason: undefined } }))[0]!.description).toBe(
      'Nothing can be deployed: web and api in all environments, of those only the type production or staging.',
    );
  });

  it('keeps the same identity and stamp for the same period, whenever it is asked', () => {
    const [, second] = eventsOf(write());
    const [first] = eventsOf(write({}, new Date('2026-03-13T23:00:00Z')));
    expect(first!.startDate.toString()).toBe(second!.startDate.toString());
    expect([first!.uid, first!.sequence]).toEqual([second!.uid, second!.sequence]);
    const stamp = first!.component.getFirstPropertyValue('dtstamp');
    expect(String(stamp)).toBe('2026-02-01T12:34:56Z');
    const uids = eventsOf(write()).map(({ uid }) => uid);
    expect(new Set(uids).size).toBe(uids.length);
  });

  it('gives what has no known start one identity', () => {
    const config = {
      mode: 'allow',
      recurrence: 'once',
      windows: [{ start: '2026-04-01T00:00:00', end: '2026-04-02T00:00:00' }],
    };
    const [today] = eventsOf(write({ config }));
    const [tomorrow] = eventsOf(write({ config }, new Date('2026-03-03T14:00:00Z')));
    expect([today!.uid, tomorrow!.startDate.toString()]).toEqual([tomorrow!.uid, '2026-03-03T14:00:00Z']);
  });

  it('is sound, whatever stands in a rule', () => {
    const nasty = {
      name: 'a;b,c\\d\r\nEND:VCALENDAR\u0007\u001b"x"',
      message: `${'ü😀é漢'.repeat(100)} https://example.com`,
    };
    const calendar = write(nasty);
    const [event] = eventsOf(calendar);
    expect(event!.summary).toBe('a;b,c\\d \nEND:VCALENDAR  "x"');
    expect(event!.description.split('\n')[0]).toBe(nasty.message);
    const lines = calendar.split('\r\n');
    expect(lines.at(-1)).toBe('');
    expect(calendar.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(lines.filter((line) => Buffer.byteLength(line) > 75)).toEqual([]);
    expect(lines.filter((line) => line === 'END:VCALENDAR')).toHaveLength(1);
  });

  it('says where it shows a part only', () => {
    const component = new ICAL.Component(
      ICAL.parse(writeCalendar(closedTimes(view, configOf(freeze), now, later), true)) as unknown[],
    );
    expect(component.getFirstPropertyValue('x-wr-caldesc')).toBe('There are more than these 4');
  });

  it('is a calendar with a name, and refers to nothing elsewhere', () => {
    const component = new ICAL.Component(ICAL.parse(write()) as unknown[]);
    expect(component.getFirstPropertyValue('version')).toBe('2.0');
    expect(component.getFirstPropertyValue('prodid')).toBe('-//Versioner//Deployment rules//EN');
    expect(component.getFirstPropertyValue('x-wr-calname')).toBe('No-deploy windows');
    expect(write()).not.toMatch(/https?:|URL|ATTACH|ORGANIZER/);
    expect(eventsOf(writeCalendar([], false))).toEqual([]);
  });
});
