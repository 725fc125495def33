import type pg from 'pg';
import { chunks } from '../../server/src/lib/chunks.ts';
import { newId, PREFIX } from '../../server/src/lib/ids.ts';
import type { InstallRows, MemberRow } from './install-rows.ts';
import { CHUNK, column, insertDefinitions, insertEntities, insertEntityVersions, insertEvent, inTransaction, type Stamp } from './write.ts';

/** Writes the rows of an install that are all known beforehand: nothing is looked up, decided or rendered. */
export async function installBare(
  client: pg.Client,
  { install, definitions, entities, members }: InstallRows,
  stamp: Stamp,
): Promise<void> {
  await inTransaction(client, async () => {
    await insertInstall(client, install, stamp);
    for (const chunk of chunks(definitions, CHUNK)) await insertDefinitions(client, chunk);
    await insertEntities(client, entities, stamp);
    await insertEntityVersions(client, entities, stamp);
    await insertMembers(client, members, install, stamp);
    await insertRevision(client, install, stamp);
    const { workspaceId, id: subjectId, integrationId, slugs } = install;
    const data = { integrationId, added: slugs.length };
    await insertEvent(client, { workspaceId, type: 'integration_install.created', subjectId, data }, stamp);
  });
}

async function insertInstall(client: pg.Client, install: InstallRows['install'], { by, at }: Stamp): Promise<void> {
  await client.query(`insert into solutions (id, workspace_id, name, created_by, created_at) values ($1, $2, 'bare', $3, $4)`, [
    install.solutionId,
    install.workspaceId,
    by,
    at,
  ]);
  await client.query(
    `insert into integration_installs (id, workspace_id, integration_id, integration_version_id, variables, member_policy, solution_id,
       installed_by, installed_at) values ($1, $2, $3, $4, $5, 'auto_all', $6, $7, $8)`,
    [install.id, install.workspaceId, install.integrationId, install.versionId, install.variables, install.solutionId, by, at],
  );
}

async function insertMembers(
  client: pg.Client,
  rows: readonly MemberRow[],
  { id, solutionId }: InstallRows['install'],
  { by, at }: Stamp,
): Promise<void> {
  await client.query(
    `insert into integration_members (id, workspace_id, integration_install_id, source_member_slug, entity_id, source_entity_id,
       entity_version_id, is_clone, applied_digest, added_by, added_at)
     select a, b, $8, c, d, e, f, true, g, $9, $10
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[]) as r(a, b, c, d, e, f, g)`,
    [
      ...(['id', 'workspaceId', 'slug', 'entityId', 'sourceEntityId', 'entityVersionId', 'applied'] as const).map((name) =>
        column(rows, name),
      ),
      id,
      by,
      at,
    ],
  );
  await client.query(
    `insert into solution_members (id, workspace_id, solution_id, integration_member_id, entity_id, added_at)
     select a, b, $5, c, d, $6 from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as r(a, b, c, d)`,
    [...(['solutionMemberId', 'workspaceId', 'id', 'entityId'] as const).map((name) => column(rows, name)), solutionId, at],
  );
}

async function insertRevision(client: pg.Client, install: InstallRows['install'], { by, at }: Stamp): Promise<void> {
  await client.query(
    `insert into install_revisions (id, workspace_id, integration_install_id, number, action, to_version_id, variables, added, members,
       created_by, created_at) values ($1, $2, $3, 1, 'install', $4, $5, $6, $7, $8, $9)`,
    [newId(PREFIX.revision), install.workspaceId, install.id, install.versionId, install.variables, install.slugs, install.members, by, at],
  );
}
