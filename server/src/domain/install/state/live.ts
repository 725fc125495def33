import sql, { type Sql } from 'sql-template-tag';
import type { Db } from '../../../db/pool.ts';
import { Turns } from '../../../lib/turns.ts';

/** A member as the workspace has it now. */
export interface LiveMember {
  readonly id: string;
  readonly slug: string;
  /** The clone, or the publisher's entity when it is referenced. */
  readonly entityId: string;
  /** Of that entity: it never gets another one. */
  readonly kind: string;
  readonly entityVersionId: string;
  readonly sourceVersionId: string;
  /** What the row says of it; null where it goes with the install. */
  readonly saidVersionId: string | null;
  /** Definition of the pinned source version. */
  readonly sourceDigest: Buffer;
  readonly isClone: boolean;
  readonly detached: boolean;
  readonly enabled: boolean;
  /**
   * Clones: the definition last applied, the one that the clone has now (of a reference, what is pinned), and whether the workspace deleted or
   * purged it.
   */
  readonly appliedDigest: Buffer | null;
  readonly cloneDigest: Buffer;
  /** Clones with open conflicts: where the next merge starts from. */
  readonly mergeBase: Buffer | null;
  readonly openConflicts: number;
  readonly deleted: boolean;
  readonly purged: boolean;
  /** An upgrade or reconfiguration skipped it: what was applied is not what the install's version and variables give. */
  readonly stale: boolean;
}

/** The active members of an install, in the order of its version. */
export const loadLiveMembers = (db: Db, installId: string): Promise<LiveMember[]> =>
  loadMembers(
    db,
    sql`
    left join integration_version_members p on p.integration_version_id = i.integration_version_id and p.slug = m.source_member_slug
    where i.id = ${installId} and m.deleted_at is null
    order by p.position`,
  );

/** These members, removed ones too. */
export const loadMembersById = (db: Db, ids: readonly string[]): Promise<LiveMember[]> =>
  loadMembers(db, sql`where m.id = any(${[...ids]}::text[])`);

/** Each as one text, as those of a version are. */
async function loadMembers(db: Db, which: Sql): Promise<LiveMember[]> {
  const rows = await db.many<{ json: string }>(sql`
    select json_build_object('id', m.id, 'slug', m.source_member_slug, 'entityId', m.entity_id, 'kind', v.kind,
      'entityVersionId', m.entity_version_id, 'sourceVersionId', made_from(m.source_version_id, i.integration_version_id), 'saidVersionId', m.source_version_id,
      'sourceDigest', encode(v.definition_digest, 'hex'), 'isClone', m.is_clone, 'detached', m.detached, 'enabled', m.enabled,
      'appliedDigest', encode(m.applied_digest, 'hex'), 'cloneDigest', encode(coalesce(e.definition_digest, v.definition_digest), 'hex'),
      'mergeBase', encode(m.merge_base_digest, 'hex'), 'openConflicts', m.open_conflicts,
      'deleted', e.deleted_at is not null, 'purged', e.purged_at is not null, 'stale', m.stale)::text as json
    from integration_members m
    join integration_installs i on i.id = m.integration_install_id
    join published_entity_versions v on v.id = m.entity_version_id
    left join entities e on m.is_clone and e.workspace_id = m.workspace_id and e.id = m.entity_id
    ${which}`);
  return new Turns().map(rows, ({ json }) => memberOf(JSON.parse(json) as Written));
}

type Digests = 'sourceDigest' | 'appliedDigest' | 'cloneDigest' | 'mergeBase';
type Written = Omit<LiveMember, Digests> & {
  sourceDigest: string;
  appliedDigest: string | null;
  cloneDigest: string;
  mergeBase: string | null;
};

const memberOf = ({ sourceDigest, appliedDigest, cloneDigest, mergeBase, ...member }: Written): LiveMember => ({
  ...member,
  sourceDigest: Buffer.from(sourceDigest, 'hex'),
  appliedDigest: appliedDigest === null ? null : Buffer.from(appliedDigest, 'hex'),
  mergeBase: mergeBase === null ? null : Buffer.from(mergeBase, 'hex'),
  cloneDigest: Buffer.from(cloneDigest, 'hex'),
});

/** A member that the workspace took out of its install: of which entity of the publisher's, under which name. */
export interface Dropped {
  readonly entityId: string;
  readonly slug: string;
}

/** The members that were dropped by hand and have not come back since. */
export const loadDropped = (db: Db, installId: string): Promise<Dropped[]> =>
  db.many<Dropped>(sql`
    select last.source_entity_id as "entityId", last.source_member_slug as slug from (
      select distinct on (source_entity_id) source_entity_id, source_member_slug, deleted_at
      from integration_members where integration_install_id = ${installId}
      order by source_entity_id, deleted_at desc nulls first, added_at desc) last
    where exists (
      select 1 from install_revisions r
      where r.integration_install_id = ${installId} and r.action = 'drop_member' and r.created_at = last.deleted_at
        and last.source_member_slug = any(r.removed || r.skipped))`);

/** Which active entities of the workspace refer to which of `targets`. */
export interface Referral {
  readonly referrer: string;
  readonly target: string;
}

/** Of more targets than this, it is less work to read what all entities of the workspace refer to than to look the targets up. */
const LOOKED_UP = 100;

export function loadReferrals(db: Db, workspaceId: string, targets: readonly string[]): Promise<Referral[]> {
  if (targets.length === 0) return Promise.resolve([]);
  const refers = targets.length > LOOKED_UP ? sql`true` : sql`d.refs && ${targets}::text[] and d.refs <> '{}'`;
  return db.many<Referral>(sql`
    select e.id as referrer, target
    from entities e
    join definitions d on d.digest = e.definition_digest
    cross join lateral unnest(d.refs) as r(target)
    join unnest(${targets}::text[]) as t(target) using (target)
    where e.workspace_id = ${workspaceId} and e.deleted_at is null and e.id <> target and ${refers}`);
}
