import { copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyDatabase } from '../../test/database.ts';
import { asOwner, MIGRATIONS } from '../../test/server.ts';
import { openDatabase, setUp } from './open.ts';

let connection: pg.ClientConfig;
let drop: () => Promise<void>;
let directory: string;

beforeEach(async () => {
  ({ connection, drop } = await emptyDatabase());
  directory = await mkdtemp(join(tmpdir(), 'mortise-migrations-'));
  await write('0001_first.sql', 'create table things (id int primary key); grant select on things to mortise_app;');
  await write('0002_second.sql', 'insert into things values (1);');
});

afterEach(async () => {
  await drop();
  await rm(directory, { recursive: true });
});

const write = (name: string, text: string) => writeFile(join(directory, name), text);
const rows = async (text: string) => (await asOwner(connection, (client) => client.query(text))).rows;

describe('migrations', () => {
  it('run once each, in order, and are recorded', async () => {
    expect(await setUp(connection, directory)).toEqual(['0001_first.sql', '0002_second.sql']);
    expect(await setUp(connection, directory)).toEqual([]);
    expect(await rows('select name, length(digest) as digest from mortise_migrations order by name')).toEqual([
      { name: '0001_first.sql', digest: 64 },
      { name: '0002_second.sql', digest: 64 },
    ]);
  });

  it('run once when five servers start on one database at once (CON-07)', async () => {
    const runs = await Promise.all(Array.from({ length: 5 }, () => setUp(connection, directory)));
    expect(runs.flat().sort()).toEqual(['0001_first.sql', '0002_second.sql']);
    expect(await rows('select id from things')).toEqual([{ id: 1 }]);
  });

  it('leave nothing behind when they fail, and run on when they are repaired', async () => {
    await write('0003_broken.sql', 'insert into things values (2); select 1/0;');
    await expect(setUp(connection, directory)).rejects.toThrow('0003_broken.sql failed and left nothing behind: division by zero');
    expect(await rows('select id from things')).toEqual([{ id: 1 }]);
    await write('0003_broken.sql', 'insert into things values (2);');
    expect(await setUp(connection, directory)).toEqual(['0003_broken.sql']);
  });

  it('refuse a database that is newer than the program', async () => {
    await setUp(connection, directory);
    await rm(join(directory, '0002_second.sql'));
    await expect(setUp(connection, directory)).rejects.toThrow('The database is newer than this program: it has 0002_second.sql');
  });

  it('refuse a file that was edited after it ran', async () => {
    await setUp(connection, directory);
    await write('0001_first.sql', 'create table other ();');
    await expect(setUp(connection, directory)).rejects.toThrow('0001_first.sql was edited after it ran');
  });

  it('go on from a file that was edited when its head names the digest of the text that ran', async () => {
    await setUp(connection, directory);
    const [{ digest }] = await rows(`select digest from mortise_migrations where name = '0001_first.sql'`);
    const edited = `-- The first.\n-- formerly: ${'0'.repeat(64)}\n-- formerly: ${digest}\n\ncreate table other ();`;
    await write('0001_first.sql', edited);
    expect(await setUp(connection, directory)).toEqual([]);
    await write('0001_first.sql', edited.replace('\n\n', '\n').replace(`-- formerly: ${digest}\n`, ''));
    await expect(setUp(connection, directory)).rejects.toThrow('0001_first.sql was edited after it ran');
  });

  it.each(['-- formerly: abc', '--formerly: 12', '-- Formerly: x', `-- formerly: ${'0'.repeat(65)}`, `-- formerly ${'0'.repeat(64)}`])(
    'are refused with the line %s in their head',
    async (line) => {
      await write('0001_first.sql', `-- The first.\n${line}\nselect 1;`);
      await expect(setUp(connection, directory)).rejects.toThrow(`The migration 0001_first.sql has "${line}"`);
    },
  );

  it('refuse a new file that comes before one that ran', async () => {
    await setUp(connection, directory);
    await write('0001_late.sql', 'select 1;');
    await expect(setUp(connection, directory)).rejects.toThrow('0001_late.sql comes before 0002_second.sql');
  });
});

describe('the database', () => {
  it('is opened in the unprivileged role, which sees what was granted', async () => {
    await setUp(connection, directory);
    const database = await openDatabase({ ...connection, options: '-c role=none' });
    expect(await database.db.many({ name: 'all', text: 'select current_user as role, id from things', values: [] })).toEqual([
      { role: 'mortise_app', id: 1 },
    ]);
    await database.close();
  });
});

describe('a database with members of before', () => {
  const MARK = '0009_members_go_with_their_install.sql';
  /** From there on, members lead to rows that are there. */
  const NEXT = '0011_what_was_published.sql';
  const COLUMNS = `workspace_id, integration_install_id, entity_id, source_entity_id, entity_version_id, is_clone, added_by, added_at, doc`;
  const VALUES = `'wsp', 'intins', 'agt', 'agt', 'agtver', false, 'usr', now(), '{}'`;
  const member = (slug: string, version: string, removedAs: string | null) => `
    insert into integration_members (id, source_member_slug, source_version_id, removed_as, deleted_at, retention_tier, ${COLUMNS})
    values ('${slug}', '${slug}', '${version}', ${removedAs === null ? 'null, null, null' : `'${removedAs}', now(), 'short'`}, ${VALUES});`;

  it("keeps the versions of those that are not of their install's", async () => {
    await rm(directory, { recursive: true });
    directory = await mkdtemp(join(tmpdir(), 'mortise-migrations-'));
    const names = (await readdir(MIGRATIONS)).sort();
    const copy = (some: readonly string[]) => Promise.all(some.map((name) => copyFile(join(MIGRATIONS, name), join(directory, name))));
    await copy(names.filter((name) => name < MARK));
    await setUp(connection, directory);
    // They point nowhere: foreign keys and triggers are left out.
    await rows(`
      set session_replication_role = replica;
      insert into integration_installs (id, workspace_id, integration_id, integration_version_id, variables, member_policy, solution_id,
        installed_by, installed_at, doc) values ('intins', 'wsp', 'int', 'now', '{}', 'manual', 'sol', 'usr', now(), '{}');
      ${member('with', 'now', null)} ${member('behind', 'then', null)} ${member('removed', 'now', 'removed')}
      ${member('uninstalled', 'now', 'uninstalled')}`);
    await copy(names.filter((name) => name >= MARK && name < NEXT));
    await setUp(connection, directory);
    expect(await rows('select id, source_version_id as version from integration_members order by id')).toEqual([
      { id: 'behind', version: 'then' },
      { id: 'removed', version: 'now' },
      { id: 'uninstalled', version: null },
      { id: 'with', version: null },
    ]);
  });
});
