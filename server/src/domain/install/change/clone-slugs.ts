import sql from 'sql-template-tag';
import type { Db } from '../../../db/pool.ts';
import { must } from '../../../lib/must.ts';
import { freeSlug } from '../../integration/draft-members.ts';

export interface KindSlug {
  readonly kind: string;
  readonly slug: string;
}

/** Suffixes cut a slug to 64 characters, so candidates share at least this much of it. */
const STEM = 58;

/**
 * A slug for each new clone: the wanted one, or with the first free suffix `-2`, `-3` … among the workspace's active entities of the
 * same kind. One statement; an entity created meanwhile makes the insert fail, and the transaction runs again. `spoken`: slugs that
 * others will have by then.
 */
export async function allotSlugs(
  db: Db,
  workspaceId: string,
  wanted: readonly KindSlug[],
  spoken: readonly KindSlug[] = [],
): Promise<string[]> {
  const stems = wanted.map(({ kind, slug }) => ({ kind, slug, low: slug.length > STEM ? slug.slice(0, STEM) : `${slug}-` }));
  const rows = await db.many<KindSlug>(sql`
    with w as (select distinct * from jsonb_to_recordset(${JSON.stringify(stems)}::jsonb) as w(kind text, slug text, low text))
    select e.kind, e.slug from w join entities e
      on e.workspace_id = ${workspaceId} and e.kind = w.kind and e.slug = w.slug and e.deleted_at is null
    union
    select e.kind, e.slug from w join entities e
      on e.workspace_id = ${workspaceId} and e.kind = w.kind and e.slug >= w.low collate "C" and e.slug < (w.low || '~') collate "C"
        and e.deleted_at is null`);
  const taken = new Map<string, Set<string>>(wanted.map(({ kind }) => [kind, new Set()]));
  for (const { kind, slug } of rows) must(taken.get(kind), 'only wanted kinds are asked for').add(slug);
  for (const { kind, slug } of spoken) taken.get(kind)?.add(slug);
  return wanted.map(({ kind, slug }) => freeSlug(slug, must(taken.get(kind), 'every wanted kind has a set')));
}
