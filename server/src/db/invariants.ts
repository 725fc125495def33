import { readFile } from 'node:fs/promises';
import sql, { raw } from 'sql-template-tag';
import type { Db } from './pool.ts';

/** A statement that returns the rows which break a promise. */
export interface Invariant {
  /** The promise, as a sentence. */
  readonly name: string;
  readonly text: string;
}

export interface Breach {
  readonly name: string;
  /** The first offenders. */
  readonly rows: readonly object[];
}

const SHOWN = 5;

/** Reads a file of statements, set apart by blank lines, each below `-- name: <the promise>`. */
export async function readInvariants(file: string): Promise<Invariant[]> {
  return parseInvariants(await readFile(file, 'utf8'));
}

export function parseInvariants(text: string): Invariant[] {
  return text
    .split(/\n\s*\n/)
    .filter((block) => /^(?!--)\s*\S/m.test(block))
    .map((block) => {
      const name = /^-- name: (.+)$/m.exec(block)?.[1];
      if (name === undefined) throw new Error(`an invariant has no "-- name:" line: ${block.trim().slice(0, 80)}`);
      return { name: name.trim(), text: block.trim().replace(/;$/, '') };
    });
}

/** Runs all of them; returns the broken ones with their first rows. Needs a role that sees everything. */
export async function findBreaches(db: Db, invariants: readonly Invariant[]): Promise<Breach[]> {
  const breaches: Breach[] = [];
  for (const { name, text } of invariants) {
    const rows = await db.many(sql`select * from (${raw(`\n${text}\n`)}) broken limit ${SHOWN}`);
    if (rows.length > 0) breaches.push({ name, rows });
  }
  return breaches;
}

/** The breaches as text, one promise after the other. */
export const tellBreaches = (breaches: readonly Breach[]): string =>
  breaches.map(({ name, rows }) => [`broken: ${name}`, ...rows.map((row) => `  ${JSON.stringify(row)}`)].join('\n')).join('\n');
