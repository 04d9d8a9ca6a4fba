const rfc3339 = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;
const earliest = Date.UTC(1970, 0, 1);
const latest = Date.UTC(9999, 11, 30);

/**
 * The moment that an RFC 3339 text names, to the millisecond; null for anything else: no zone, a day that the month
 * lacks, a time before 1970.
 */
export function parseDateTime(text: string): Date | null {
  const match = rfc3339.exec(text);
  if (match === null) return null;
  const [, day = '', hours = '', minutes = '', seconds = '', fraction = '', zone = ''] = match;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59 || !isCalendarDay(day)) return null;
  const time = new Date(`${day}T${hours}:${minutes}:${seconds}${fraction}${zone.toUpperCase()}`);
  return time.getTime() >= earliest && time.getTime() <= latest ? time : null;
}

/** `Date` reads 30 February as 2 March; a client that sends it has made a mistake worth telling. */
function isCalendarDay(day: string): boolean {
  const midnight = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}
