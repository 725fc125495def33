/** A big world for the tests of what reading costs: every workspace has an install of every twentieth integration, half of them behind. */
import sql, { type Sql } from 'sql-template-tag';
import { openDatabase, setUp } from '../src/db/open.ts';
import { Database } from '../src/db/pool.ts';
import { emptyDatabase } from './database.ts';
import { MIGRATIONS } from './server.ts';

const idText = (prefix: string, number: number): string => `${prefix}_${String(number).padStart(26, '0')}`;

export const FLEET = {
  workspaces: 40,
  integrations: 1_000,
  installs: 40_000,
  user: idText('usr', 1),
  workspace: (number: number) => idText('wsp', number),
  integration: (number: number) => idText('int', number),
} as const;

export interface Fleet {
  readonly database: Database;
  stop(): Promise<void>;
}

const { workspaces, integrations, installs, user } = FLEET;
const id = (prefix: string, number: Sql): Sql => sql`${prefix}::text || '_' || lpad((${number})::text, 26, '0')`;
const N = sql`n`;
const BORN = sql`timestamptz '2026-01-01' + n * interval '1 minute'`;
/** Install n is of workspace n mod 40 and of this integration, at 1.0.0 or at 1.1.0. */
const OF = sql`(1 + n / ${workspaces}::int)`;
const PINNED = id('intver', sql`${OF} * 10 + ${OF} % 2`);
const HOME = id('wsp', sql`n % ${workspaces}::int`);

const WORLD: readonly Sql[] = [
  sql`insert into users (id, email, name, created_at, updated_at) values (${user}, 'a@example.org', 'A', now(), now())`,
  sql`insert into workspaces (id, name, handle, created_by, created_at, updated_at)
    select ${id('wsp', N)}, 'Team', 'team-' || n, ${user}, now(), now() from generate_series(0, ${workspaces - 1}::int) n`,
  sql`insert into integrations (id, workspace_id, slug, name, publisher, current_version_id, current_version, manifest,
      variables_schema, auth_config, visibility, created_by, created_at, updated_at)
    select ${id('int', N)}, ${id('wsp', sql`0`)}, 'i-' || n, 'I', 'team-0', ${id('intver', sql`n * 10 + 1`)}, '1.1.0', '{}', '{}', '{}',
      'unlisted', ${user}, ${BORN}, ${BORN}
    from generate_series(1, ${integrations}::int) n`,
  sql`insert into integration_versions (id, workspace_id, integration_id, version, name, manifest_snapshot, variables_schema_snapshot,
      auth_config_snapshot, member_entity_versions, digest, published_by, published_at)
    select ${id('intver', sql`n * 10 + minor`)}, ${id('wsp', sql`0`)}, ${id('int', N)}, '1.' || minor || '.0', 'I', '{}', '{}', '{}', '{}',
      sha256((n || '.' || minor)::bytea), ${user}, ${BORN}
    from generate_series(1, ${integrations}::int) n, generate_series(0, 1) minor`,
  sql`select show_published(array(select id from integrations))`,
  sql`insert into solutions (id, workspace_id, name, created_by, created_at)
    select ${id('sol', N)}, ${id('wsp', N)}, 'S', ${user}, now() from generate_series(0, ${workspaces - 1}::int) n`,
  sql`insert into integration_installs (id, workspace_id, integration_id, integration_version_id, variables, member_policy, solution_id,
      installed_by, installed_at)
    select ${id('intins', N)}, ${HOME}, ${id('int', OF)}, ${PINNED}, '{}', 'manual', ${id('sol', sql`n % ${workspaces}::int`)}, ${user}, ${BORN}
    from generate_series(0, ${installs - 1}::int) n`,
  sql`insert into install_revisions (id, workspace_id, integration_install_id, number, action, to_version_id, variables, updated, members,
      created_by, created_at)
    select ${id('insrev', N)}, ${HOME}, ${id('intins', N)}, 1, 'upgrade', ${PINNED}, '{}', '{a}', '{}', ${user}, now() - n % 90 * interval '1 day'
    from generate_series(0, ${installs - 1}::int) n`,
  // Members need entities, which nothing here reads: their foreign keys and triggers are left out.
  sql`set local session_replication_role = replica`,
  sql`insert into integration_members (id, workspace_id, integration_install_id, source_member_slug, entity_id, source_entity_id,
      entity_version_id, is_clone, applied_digest, detached, added_by, added_at, doc)
    select ${id('intmem', N)}, ${HOME}, ${id('intins', N)}, 'a', ${id('fun', N)}, ${id('fun', sql`0`)}, ${id('funver', sql`0`)}, true,
      sha256(''), n % 4 = 0, ${user}, now(), '{}'
    from generate_series(0, ${installs - 1}::int) n`,
];

export async function startFleet(): Promise<Fleet> {
  const home = await emptyDatabase();
  await setUp(home.connection, MIGRATIONS);
  const owner = new Database(home.connection);
  await owner.transaction(async (tx) => {
    for (const statement of WORLD) await tx.run(statement);
  });
  await owner.db.run(sql`vacuum analyze`);
  await owner.close();
  const database = await openDatabase(home.connection);
  return {
    database,
    stop: async () => {
      await database.close();
      await home.drop();
    },
  };
}
