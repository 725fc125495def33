import { readFile } from 'node:fs/promises';
import pg from 'pg';

/** Fills a migrated database with `size` integrations, three versions and about two installs for each. Tells how long each step took. */
export async function fillMarketplace(owner: pg.ClientConfig, size: number, tell: (line: string) => void): Promise<void> {
  const text = await readFile(new URL('fill.sql', import.meta.url), 'utf8');
  const client = new pg.Client(owner);
  await client.connect();
  for (const statement of text.split(';;').filter((part) => part.trim() !== '')) {
    const start = performance.now();
    const { rowCount } = await client.query(statement.replaceAll(':n', String(size)));
    const seconds = (performance.now() - start) / 1000;
    if (seconds > 0.5) tell(`${titleOf(statement)}: ${rowCount ?? 0} rows in ${seconds.toFixed(1)} s`);
  }
  await client.end();
}

const titleOf = (statement: string): string =>
  /^(insert into|update|alter table|analyze)[^(;\n]*/m.exec(statement)?.[0].trim() ?? 'statement';
