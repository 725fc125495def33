import sql, { raw } from 'sql-template-tag';
import { isPlatformAdmin } from '../../access/authorize.ts';
import { type Obstacle, obstacles, type Sides, type Taking, type Way } from '../../access/takeable.ts';
import type { ReadCtx } from '../../context.ts';
import { Problem } from '../../lib/errors.ts';

/** A version of an integration. Null: the integration alone is asked about. */
export interface Asked {
  readonly integrationId: string;
  readonly versionId: string | null;
}

const SIDES: Sides = { version: raw('v'), integration: raw('n') };

/** A workspace that takes a version, on behalf of whoever asks. */
export const takingOf = (ctx: ReadCtx, way: Way, workspaceId: string): Taking => ({
  way,
  workspaceId,
  seesAll: isPlatformAdmin(ctx.actor),
});

/** Everything that stands in the way, the gravest first. What was purged meanwhile is not visible. */
export async function obstaclesTo(ctx: ReadCtx, taking: Taking, { integrationId, versionId }: Asked): Promise<readonly Obstacle[]> {
  const row = await ctx.db.maybe<{ found: Obstacle[] }>(sql`
    select ${obstacles(SIDES, taking)} as found
    from integrations n left join integration_versions v on v.id = ${versionId} and v.integration_id = n.id
    where n.id = ${integrationId}`);
  return row?.found ?? ['not_visible'];
}

type Told = Exclude<Obstacle, 'not_visible'>;

/** A revoked version is yanked, and so is its content revoked: it goes without saying. */
const IMPLIED: readonly Obstacle[] = ['content_revoked', 'version_yanked'];

/** The same as problems, ready to be thrown or told. Of what is not visible, nothing else is told. */
export async function takingProblems(ctx: ReadCtx, taking: Taking, asked: Asked): Promise<readonly Problem[]> {
  const found = await obstaclesTo(ctx, taking, asked);
  if (found.includes('not_visible')) return [await hidden(ctx, taking, asked)];
  const implied: readonly Obstacle[] = found.includes('version_revoked') ? IMPLIED : [];
  const told = found.filter((each): each is Told => !implied.includes(each));
  return told.map((obstacle) => new Problem(obstacle, SENTENCES[obstacle](asked)));
}

export async function refuseUntakeable(ctx: ReadCtx, taking: Taking, asked: Asked): Promise<void> {
  const [problem] = await takingProblems(ctx, taking, asked);
  if (problem !== undefined) throw problem;
}

/** Whoever has it installed is told that it is out of reach by now; to everybody else there is no such thing. */
async function hidden(ctx: ReadCtx, { way, workspaceId }: Taking, { integrationId, versionId }: Asked): Promise<Problem> {
  if (way === 'export')
    return new Problem('forbidden', `Only who may install the version ${versionId}, or has it installed, may export it as a bundle.`);
  if (way !== 'id' || (await isInstalled(ctx, workspaceId, integrationId)))
    return new Problem(
      'no_longer_available',
      `The integration ${integrationId} is private now and the workspace ${workspaceId} holds no grant; what is installed stays as it is.`,
    );
  return new Problem('not_found', `No Integration ${integrationId} is visible to you.`);
}

async function isInstalled(ctx: ReadCtx, workspaceId: string, integrationId: string): Promise<boolean> {
  const found = await ctx.db.maybe(sql`
    select 1 from integration_installs where workspace_id = ${workspaceId} and integration_id = ${integrationId} and deleted_at is null limit 1`);
  return found !== null;
}

const SENTENCES: Readonly<Record<Told, (asked: Asked) => string>> = {
  integration_deleted: ({ integrationId }) => `The integration ${integrationId} is deleted; restore it first.`,
  version_revoked: ({ versionId }) => `The version ${versionId} was revoked by a platform admin; take another one.`,
  content_revoked: ({ versionId }) => `The content of the version ${versionId} was revoked by a platform admin; take another one.`,
  version_in_review: ({ versionId }) => `The version ${versionId} waits for a review; take another one until it is approved.`,
  publisher_suspended: ({ integrationId }) =>
    `The workspace that publishes ${integrationId} is suspended; what is installed stays as it is.`,
  version_yanked: ({ versionId }) => `The version ${versionId} is yanked; take another one.`,
};
