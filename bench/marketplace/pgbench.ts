import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import type { Text } from '../../server/src/listing/frozen.ts';

/** Whether pgbench is on this machine (Debian: postgresql-contrib). */
export const hasPgbench = (): boolean => spawnSync('pgbench', ['--version']).status === 0;

/**
 * What pgbench gets for the same statement, as the server sends it: prepared, with the same values as parameters, in the same role and
 * with the same settings, over as many connections. Statements per second.
 */
export function pgbench(connection: pg.ClientConfig, statement: Text, connections: number, seconds: number): number {
  const directory = mkdtempSync(join(tmpdir(), 'mortise-pgbench-'));
  const file = join(directory, 'statement.sql');
  writeFileSync(file, `${scriptOf(statement.text)};\n`);
  const variables = statement.values.flatMap((value, index) => ['-D', `v${index + 1}=${textOf(value)}`]);
  const { stdout, stderr, status } = spawnSync(
    'pgbench',
    [
      '-n',
      '-M',
      'prepared',
      '-f',
      file,
      '-c',
      String(connections),
      '-j',
      '1',
      '-T',
      String(seconds),
      ...variables,
      String(connection.database),
    ],
    {
      encoding: 'utf8',
      env: {
        ...process.env,
        PGHOST: String(connection.host),
        PGUSER: String(connection.user),
        PGPORT: String(connection.port ?? 5432),
        PGOPTIONS: '-c role=mortise_app -c TimeZone=UTC -c plan_cache_mode=force_generic_plan -c max_parallel_workers_per_gather=0',
      },
    },
  );
  rmSync(directory, { recursive: true });
  const found = /tps = ([\d.]+)/.exec(stdout)?.[1];
  if (status !== 0 || found === undefined) throw new Error(`pgbench: ${stderr}`);
  return Number(found);
}

/**
 * A variable of pgbench is a parameter of the prepared statement, and a further one each time that it is named. So each is named once, in the
 * order of their numbers, and meant by its number from then on.
 */
function scriptOf(text: string): string {
  const named = new Set<string>();
  const script = text.replaceAll(/\$(\d+)/g, (parameter, number: string) => {
    if (named.has(number)) return parameter;
    named.add(number);
    return `:v${number}`;
  });
  return script.replaceAll(/\s+/g, ' ');
}

const textOf = (value: unknown): string =>
  Array.isArray(value) ? `{${value.join(',')}}` : value instanceof Date ? value.toISOString() : String(value);
