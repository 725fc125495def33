/** ISO 8601 with seconds and a zone. */
const TIMESTAMP = /^(\d{4}-\d\d-\d\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/;

/** Times that JavaScript, PostgreSQL and four digits of the year all can tell: no leap seconds, no year 0 or 10000. */
const FIRST = Date.parse('0001-01-01T00:00:00.000Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');

/** Whether a text is a point in time that everything here agrees on. */
export function isTimestamp(text: string): boolean {
  const upper = text.toUpperCase();
  const [, day] = TIMESTAMP.exec(upper) ?? [];
  const time = Date.parse(upper);
  return day !== undefined && isDay(day) && time >= FIRST && time <= LAST;
}

/** JavaScript makes the 2nd of March of the 30th of February. */
function isDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}
