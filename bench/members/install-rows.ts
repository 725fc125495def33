import type pg from 'pg';
import { type Definition, definitionOf } from '../../server/src/domain/entity/definitions.ts';
import { newId, PREFIX } from '../../server/src/lib/ids.ts';
import type { JsonObject } from '../../server/src/lib/json.ts';
import { must } from '../../server/src/lib/must.ts';
import type { EntityRow } from './write.ts';

export interface MemberRow {
  readonly id: string;
  readonly solutionMemberId: string;
  readonly workspaceId: string;
  readonly slug: string;
  readonly entityId: string;
  readonly sourceEntityId: string;
  readonly entityVersionId: string;
  readonly applied: Buffer;
}

/** Everything that an install writes. */
export interface InstallRows {
  readonly install: {
    readonly id: string;
    readonly workspaceId: string;
    readonly integrationId: string;
    readonly versionId: string;
    readonly variables: string;
    readonly solutionId: string;
    readonly slugs: readonly string[];
    /** The revision's members, as text. */
    readonly members: string;
  };
  readonly definitions: readonly Definition[];
  readonly entities: readonly EntityRow[];
  readonly members: readonly MemberRow[];
}

interface Found extends Omit<EntityRow, 'workspaceId' | 'number'>, Omit<MemberRow, 'id' | 'solutionMemberId' | 'workspaceId' | 'applied'> {
  readonly body: string;
}

/** The rows of an install that the server made, as they would be for another workspace: every id anew, and in the definitions too. */
export async function rowsLike(owner: pg.Client, installId: string, workspaceId: string): Promise<InstallRows> {
  const {
    rows: [made],
  } = await owner.query<{ integrationId: string; versionId: string; variables: string; members: string }>(
    `select i.integration_id as "integrationId", i.integration_version_id as "versionId", i.variables::text, r.members::text
     from integration_installs i join install_revisions r on r.integration_install_id = i.id and r.number = 1 where i.id = $1`,
    [installId],
  );
  const { rows: found } = await owner.query<Found>(
    `select m.source_member_slug as slug, m.entity_id as "entityId", m.source_entity_id as "sourceEntityId",
       m.entity_version_id as "entityVersionId", e.kind, e.name, e.description, d.body
     from integration_members m join entities e on e.id = m.entity_id join definitions d on d.digest = e.definition_digest
     where m.integration_install_id = $1 order by m.id`,
    [installId],
  );
  return rowsOf(found, must(made, 'the install is there'), workspaceId);
}

function rowsOf(
  found: readonly Found[],
  made: Pick<InstallRows['install'], 'integrationId' | 'versionId' | 'variables'> & { members: string },
  workspaceId: string,
): InstallRows {
  const ids = new Map(found.map(({ entityId }) => [entityId, newId('agt')]));
  const idFor = (id: string) => must(ids.get(id), 'every clone has another id');
  const definitions = found.map(({ body }) =>
    definitionOf(JSON.parse(body.replace(/agt_[0-9a-z]{26}/g, (id) => ids.get(id) ?? id)) as JsonObject),
  );
  const digestAt = (index: number) => must(definitions[index], 'one per member').digest;
  return {
    install: {
      ...made,
      id: newId(PREFIX.install),
      workspaceId,
      solutionId: newId(PREFIX.solution),
      slugs: found.map(({ slug }) => slug),
    },
    definitions,
    entities: found.map(({ entityId, kind, slug, name, description }, index) => ({
      workspaceId,
      entityId: idFor(entityId),
      kind,
      slug,
      name,
      description,
      digest: digestAt(index),
      versionId: newId('agtver'),
      number: 1,
    })),
    members: found.map(({ slug, entityId, sourceEntityId, entityVersionId }, index) => ({
      id: newId(PREFIX.member),
      solutionMemberId: newId(PREFIX.solutionMember),
      workspaceId,
      slug,
      entityId: idFor(entityId),
      sourceEntityId,
      entityVersionId,
      applied: digestAt(index),
    })),
  };
}
