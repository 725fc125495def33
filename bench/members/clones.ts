import type pg from 'pg';
import { type Definition, definitionOf } from '../../server/src/domain/entity/definitions.ts';
import type { JsonObject } from '../../server/src/lib/json.ts';
import { expectedDefinition } from '../catalogue/expected.ts';
import { HOUSE } from './journey.ts';

/** What the variables of the publisher's integration are in every install. */
const VARIABLES = { tone: 'calm' };

/** The clone of one member, and what a version makes of it. */
export interface Clone {
  readonly memberId: string;
  readonly slug: string;
  readonly entityId: string;
  readonly sourceEntityId: string;
  /** The entity version that the version pins. */
  readonly entityVersionId: string;
  /** The clone's version number and definition now. */
  readonly number: number;
  readonly digest: Buffer;
  /** What the definition has to be, rendered by other means than the server's. */
  readonly wanted: Definition;
}

interface Row extends Omit<Clone, 'wanted'> {
  readonly detached: boolean;
  readonly body: string;
}

/** The clones of an install as this version wants them, in its order; detached ones with the edit that detached them. */
export async function clonesOf(owner: pg.Client, installId: string, versionId: string): Promise<Clone[]> {
  const { rows } = await owner.query<Row>(
    `select m.id as "memberId", p.slug, m.entity_id as "entityId", m.source_entity_id as "sourceEntityId",
       p.entity_version_id as "entityVersionId", e.version_number as number, e.definition_digest as digest, m.detached, d.body
     from integration_members m join entities e on e.id = m.entity_id and e.deleted_at is null
     join integration_version_members p on p.integration_version_id = $2 and p.slug = m.source_member_slug
     join published_definitions d on d.digest = p.definition_digest
     where m.integration_install_id = $1 and m.is_clone and m.deleted_at is null order by p.position`,
    [installId, versionId],
  );
  const ids = new Map(rows.map(({ sourceEntityId, entityId }) => [sourceEntityId, entityId]));
  return rows.map(({ body, detached, ...clone }) => {
    const rendered = expectedDefinition(JSON.parse(body) as JsonObject, ids, VARIABLES) as JsonObject;
    return { ...clone, wanted: definitionOf(detached ? { ...rendered, ...HOUSE } : rendered) };
  });
}

/** Throws unless the install has that version, so many members, each a clone of its own in the solution, and each as it has to be. */
export async function checkInstall(owner: pg.Client, installId: string, versionId: string, size: number): Promise<void> {
  const clones = await clonesOf(owner, installId, versionId);
  const { rows } = await owner.query<{ members: number; shown: number; versionId: string }>(
    `select count(*)::int as members, count(s.id)::int as shown, min(i.integration_version_id) as "versionId"
     from integration_installs i join integration_members m on m.integration_install_id = i.id and m.deleted_at is null
     left join solution_members s on s.integration_member_id = m.id and s.solution_id = i.solution_id and s.entity_id = m.entity_id
     where i.id = $1 and i.deleted_at is null`,
    [installId],
  );
  const right = clones.filter(({ digest, wanted }) => digest.equals(wanted.digest)).length;
  const entities = new Set(clones.map(({ entityId }) => entityId)).size;
  const found = { ...rows[0], right, entities };
  const expected = { members: size, shown: size, versionId, right: size, entities: size };
  const wrong = Object.entries(expected).filter(([name, value]) => found[name as keyof typeof found] !== value);
  if (wrong.length > 0) throw new Error(`${installId} has ${JSON.stringify(found)}, and not ${JSON.stringify(Object.fromEntries(wrong))}`);
}
