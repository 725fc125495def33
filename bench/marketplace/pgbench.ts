import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import type { Sql } from 'sql-template-tag';

/** Whether pgbench is on this machine (Debian: postgresql-contrib). */
export const hasPgbench = (): boolean => spawnSync('pgbench', ['--version']).status === 0;

/** What pgbench gets for the same statement, prepared, with the same values, over as many connections. Statements per second. */
export function pgbench(connection: pg.ClientConfig, statement: Sql, connections: number, seconds: number): number {
  const directory = mkdtempSync(join(tmpdir(), 'mortise-pgbench-'));
  const file = join(directory, 'statement.sql');
  writeFileSync(file, `${inlined(statement)};\n`);
  const { stdout, stderr, status } = spawnSync(
    'pgbench',
    ['-n', '-M', 'prepared', '-f', file, '-c', String(connections), '-j', '1', '-T', String(seconds), String(connection.database)],
    {
      encoding: 'utf8',
      env: {
        ...process.env,
        PGHOST: String(connection.host),
        PGUSER: String(connection.user),
        PGPORT: String(connection.port ?? 5432),
        PGOPTIONS: '-c role=mortise_app -c TimeZone=UTC',
      },
    },
  );
  rmSync(directory, { recursive: true });
  const found = /tps = ([\d.]+)/.exec(stdout)?.[1];
  if (status !== 0 || found === undefined) throw new Error(`pgbench: ${stderr}`);
  return Number(found);
}

/** The statement with its values written into it, on one line: pgbench knows no parameters of the extended protocol. */
function inlined(statement: Sql): string {
  return statement.text.replace(/\$(\d+)/g, (_, number: string) => literal(statement.values[Number(number) - 1])).replace(/\s+/g, ' ');
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.length === 0 ? `'{}'` : `array[${value.map(literal).join(',')}]`;
  return `'${String(value).replaceAll("'", "''")}'`;
}
