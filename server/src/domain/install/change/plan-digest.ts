import sql from 'sql-template-tag';
import type { ReadCtx } from '../../../context.ts';
import { historyName } from '../../../db/history.ts';
import type { Db } from '../../../db/pool.ts';
import { badBody, Problem } from '../../../lib/errors.ts';
import type { Json } from '../../../lib/json.ts';
import { canonicalJson, digestOf } from '../../../lib/json-canonical.ts';
import { later, open } from '../../../listing/changes.ts';
import type { Ascent } from '../state/ascent.ts';
import type { LiveMember } from '../state/live.ts';
import type { Wanted } from './arrange.ts';
import type { Move, Planned } from './materialize.ts';

/**
 * SHA-256 of everything that decides what an upgrade does, in hex: both versions, the options, the variables, and every member as it
 * stands. Ids of clones still to be made are no part of it. Two plans with one digest do the same. Pure.
 */
export function planDigestOf({ install, from, to }: Ascent, move: Move, { plan }: Planned): string {
  const content = {
    install: [install.id, install.revision, from.id, to.id],
    options: [move.strategy, move.resolutions as unknown as Json],
    variables: move.variables,
    members: [...plan.inserts, ...plan.updates, ...plan.left].map(memberFacts).sort(),
    removals: plan.removals.map(({ live, keep }) => JSON.stringify([keep, ...liveFacts(live)])).sort(),
    dropped: [...plan.droppedClones].sort(),
  };
  return digestOf(canonicalJson(content as Json)).toString('hex');
}

const hex = (digest: Buffer | null): string | null => digest?.toString('hex') ?? null;

const memberFacts = ({ member, live, clone, treatment }: Wanted): string =>
  JSON.stringify([member.slug, member.entityVersionId, hex(member.digest), clone, treatment, ...(live ? liveFacts(live) : [])]);

const liveFacts = (live: LiveMember): Json[] => [
  live.id,
  live.slug,
  live.entityId,
  live.entityVersionId,
  live.isClone,
  live.detached,
  live.deleted,
  live.purged,
  live.stale,
  hex(live.appliedDigest),
  ...(live.mergeBase === null ? [] : [hex(live.mergeBase)]),
  hex(live.cloneDigest),
];

const SNAPSHOT = /^(\d{1,18}):(\d{1,18}):((?:\d{1,18}(?:,\d{1,18})*)?)$/;

/** PostgreSQL's text of a snapshot: xmin, xmax, and the transactions between them that were open, in order. */
function isSnapshot(text: string): boolean {
  const [, xmin = '0', xmax = '0', open = ''] = SNAPSHOT.exec(text) ?? [];
  const [first, end, ...between] = [xmin, xmax, ...open.split(',').filter((id) => id !== '')].map(BigInt) as [bigint, bigint, ...bigint[]];
  return (
    first >= 1n && first <= end && between.every((id, index) => id >= first && id < end && (index === 0 || id > (between[index - 1] ?? 0n)))
  );
}

/** A state of the database: its snapshot, and the history in which that stands. Plans made by earlier servers name none. */
export interface PlanState {
  readonly snapshot: string;
  readonly history: string | null;
}

const HISTORY = sql`left(encode(sha256(convert_to(${historyName()}, 'UTF8')), 'hex'), 16)`;

/** The state in which this transaction reads. */
export const presentState = (db: Db): Promise<PlanState> =>
  db.one<PlanState>(sql`select pg_current_snapshot()::text as snapshot, ${HISTORY} as history`);

/** What a plan is known by: its digest, and the state of the database that it was made on, so that what moved since can be told. */
export const sealPlan = (digest: string, { snapshot, history }: PlanState): string =>
  `${digest}.${Buffer.from(history === null ? snapshot : `${snapshot} ${history}`).toString('base64url')}`;

function openPlan(text: string): { digest: string; state: PlanState } {
  const [digest = '', sealed = ''] = text.split('.');
  const [snapshot = '', history = null, ...more] = Buffer.from(sealed, 'base64url').toString().split(' ');
  const sound = isSnapshot(snapshot) && (history === null || /^[0-9a-f]{16}$/.test(history)) && more.length === 0;
  if (/^[0-9a-f]{64}$/.test(digest) && sound) return { digest, state: { snapshot, history } };
  throw badBody('/planDigest', 'is no digest of a plan; use the one that the plan answered, as it is');
}

/** What a change would do now, and whose events tell why that may be something else than it was. */
export interface Present {
  readonly digest: string;
  readonly subjects: readonly string[];
  /** With all their versions. */
  readonly integrations: readonly string[];
}

/** An upgrade as it is planned. */
export interface Rise {
  readonly ascent: Ascent;
  readonly move: Move;
  readonly planned: Planned;
}

/** What an upgrade would do: of the install, its members and their clones, the integration and its versions. */
export const presentUpgrade = ({ ascent, move, planned }: Rise): Present => ({
  digest: planDigestOf(ascent, move, planned),
  subjects: [ascent.install.id, ...move.live.flatMap(({ id, entityId, isClone }) => (isClone ? [id, entityId] : [id]))],
  integrations: [ascent.install.integrationId],
});

/** What several changes would do together. */
export function presentTogether(all: readonly Present[]): Present {
  const [only, second] = all;
  if (only !== undefined && second === undefined) return only;
  return {
    digest: digestOf(canonicalJson(all.map(({ digest }) => digest).sort())).toString('hex'),
    subjects: all.flatMap(({ subjects }) => subjects),
    integrations: all.flatMap(({ integrations }) => integrations),
  };
}

/** Refuses to do something else than what was previewed: 409 with what happened since the plan was made. */
export async function refuseMoved(ctx: ReadCtx, planDigest: string, present: Present): Promise<void> {
  const { digest, state } = openPlan(planDigest);
  if (digest === present.digest) return;
  const lost = await isLost(ctx.db, state);
  const moved = lost ? [] : await movedSince(ctx, state.snapshot, present);
  throw new Problem('plan_outdated', `The plan no longer tells what would be done. Since it was made: ${told(moved, lost)}.`, {
    facts: { moved },
  });
}

function told(moved: readonly Moved[], lost: boolean): string {
  if (lost) return 'The database was put back to another state, so that nobody can tell what happened';
  if (moved.length === 0) return 'The options are not those that it was made with';
  return moved.map(({ type, subjectId }) => `${type} ${subjectId}`).join(', ');
}

/** Whether the database has another history than that of the plan, or one that has not come as far. */
async function isLost(db: Db, { snapshot, history }: PlanState): Promise<boolean> {
  const { lost } = await db.one<{ lost: boolean }>(sql`
    select pg_snapshot_xmax(${snapshot}::pg_snapshot) > pg_snapshot_xmax(pg_current_snapshot())
      or coalesce(${history}::text <> ${HISTORY}, false) as lost`);
  return lost;
}

interface Moved {
  readonly type: string;
  readonly subjectId: string;
  readonly at: string;
}

/** The events that the plan's snapshot did not see. */
function movedSince(ctx: ReadCtx, snapshot: string, { subjects, integrations }: Present): Promise<Moved[]> {
  return ctx.db.many<Moved>(sql`
    select e.type, e.subject_id as "subjectId", iso(e.created_at) as at from events e
    where (e.transaction_id ${later(snapshot)} or e.transaction_id ${open(snapshot)})
      and (e.subject_id = any(${[...subjects, ...integrations]}::text[])
        or e.subject_id in (select v.id from integration_versions v where v.integration_id = any(${[...integrations]}::text[])))
    order by e.transaction_id, e.number limit 100`);
}
