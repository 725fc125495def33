import sql, { join, raw, type Sql } from 'sql-template-tag';

/** `column = value, …` for the columns that have a value; `undefined` leaves a column alone. Column names are the program's own. */
export function assign(columns: Readonly<Record<string, unknown>>): Sql {
  const sent = Object.entries(columns).filter(([, value]) => value !== undefined);
  return join(
    sent.map(([column, value]) => sql`${raw(column)} = ${value}`),
    ', ',
  );
}
