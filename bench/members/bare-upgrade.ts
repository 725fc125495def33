import type pg from 'pg';
import type { Definition } from '../../server/src/domain/entity/definitions.ts';
import { chunks } from '../../server/src/lib/chunks.ts';
import { newId, PREFIX } from '../../server/src/lib/ids.ts';
import { must } from '../../server/src/lib/must.ts';
import { clonesOf } from './clones.ts';
import {
  CHUNK,
  column,
  type EntityVersionRow,
  insertDefinitions,
  insertEvent,
  inTransaction,
  rewriteEntities,
  type Stamp,
} from './write.ts';

/** Everything that an upgrade of all members writes. */
export interface UpgradeRows {
  readonly installId: string;
  readonly workspaceId: string;
  readonly versionId: string;
  /** Of the revision. */
  readonly number: number;
  readonly definitions: readonly Definition[];
  readonly entities: readonly EntityVersionRow[];
  readonly pins: readonly { readonly memberId: string; readonly entityVersionId: string; readonly applied: Buffer }[];
  readonly slugs: readonly string[];
  /** The revision's members, as text. */
  readonly members: string;
}

/** The rows of an upgrade to this version, rendered beforehand. The revision's members are those of the last one, which are as long. */
export async function upgradeRows(owner: pg.Client, installId: string, versionId: string): Promise<UpgradeRows> {
  const clones = await clonesOf(owner, installId, versionId);
  const { rows } = await owner.query<Pick<UpgradeRows, 'workspaceId' | 'number' | 'members'>>(
    `select i.workspace_id as "workspaceId", i.revision + 1 as number, r.members::text from integration_installs i
     join install_revisions r on r.integration_install_id = i.id and r.number = i.revision where i.id = $1`,
    [installId],
  );
  const install = must(rows[0], 'the install is there');
  return {
    installId,
    versionId,
    ...install,
    definitions: clones.map(({ wanted }) => wanted),
    entities: clones.map(({ entityId, number, wanted }) => ({
      workspaceId: install.workspaceId,
      entityId,
      versionId: newId('agtver'),
      number: number + 1,
      digest: wanted.digest,
    })),
    pins: clones.map(({ memberId, entityVersionId, wanted }) => ({ memberId, entityVersionId, applied: wanted.digest })),
    slugs: clones.map(({ slug }) => slug),
  };
}

/** Writes what an upgrade writes, all of it known beforehand. */
export async function upgradeBare(client: pg.Client, rows: UpgradeRows, stamp: Stamp): Promise<void> {
  await inTransaction(client, async () => {
    await client.query('select 1 from integration_installs where id = $1 for update', [rows.installId]);
    for (const chunk of chunks(rows.definitions, CHUNK)) await insertDefinitions(client, chunk);
    await rewriteEntities(client, rows.entities, stamp);
    await client.query(
      `update integration_members m set entity_version_id = r.entity_version_id, applied_digest = r.applied
       from unnest($1::text[], $2::text[], $3::bytea[]) as r(id, entity_version_id, applied) where m.id = r.id`,
      [column(rows.pins, 'memberId'), column(rows.pins, 'entityVersionId'), column(rows.pins, 'applied')],
    );
    await writeHistory(client, rows, stamp);
  });
}

async function writeHistory(client: pg.Client, rows: UpgradeRows, stamp: Stamp): Promise<void> {
  const { installId, workspaceId, versionId, number, slugs, members } = rows;
  await client.query(
    `insert into install_revisions (id, workspace_id, integration_install_id, number, action, from_version_id, to_version_id, variables,
       updated, members, created_by, created_at)
     select $1, workspace_id, id, $2, 'upgrade', integration_version_id, $3, variables, $4, $5, $6, $7 from integration_installs where id = $8`,
    [newId(PREFIX.revision), number, versionId, slugs, members, stamp.by, stamp.at, installId],
  );
  await client.query(`update integration_installs set integration_version_id = $2, revision = $3, last_upgraded_at = $4 where id = $1`, [
    installId,
    versionId,
    number,
    stamp.at,
  ]);
  const data = { updated: slugs.length };
  await insertEvent(client, { workspaceId, type: 'integration_install.upgraded', subjectId: installId, data }, stamp);
}
