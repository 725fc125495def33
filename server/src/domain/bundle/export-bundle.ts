import { createHash } from 'node:crypto';
import sql from 'sql-template-tag';
import { isReviewer } from '../../access/authorize.ts';
import type { ReadCtx } from '../../context.ts';
import { signText } from '../../lib/ed25519.ts';
import { Problem } from '../../lib/errors.ts';
import { canonicalJson } from '../../lib/json-canonical.ts';
import { must } from '../../lib/must.ts';
import type { Pieces } from '../../lib/pieces.ts';
import type { Reply, Target } from '../../route.ts';
import { takingOf, takingProblems } from '../integration/taking.ts';
import { BUNDLE_BYTES } from './limits.ts';
import { type Bundle, FORMAT } from './schema.ts';
import { loadSigningKey } from './signing-key.ts';
import { type Statement, statementText } from './statement.ts';
import { versionContent } from './version-content.ts';

/** The version as one file, signed by this server: canonical JSON, the same bytes each time while the integration is called the same. */
export async function exportBundle(ctx: ReadCtx, { target }: { target: Target }): Promise<Reply> {
  await refuseUnexportable(ctx, target.id);
  const { version, publishedAt, ...integration } = await loadHead(ctx, target.id);
  const { pieces, digest } = await collect(versionContent(ctx.db, target.id));
  const statement: Statement = { format: FORMAT, integration, publishedAt, digest };
  return {
    ...bundleText(pieces, statement, await sign(ctx, statement)),
    file: `${integration.publisher}-${integration.slug}-${version}.bundle.json`,
  };
}

/** A version that one sees by its id is not always one's own to carry off: say, one published after the grant was taken back. */
async function refuseUnexportable(ctx: ReadCtx, versionId: string): Promise<void> {
  const { integrationId } = await ctx.db.one<{ integrationId: string }>(
    sql`select integration_id as "integrationId" from integration_versions where id = ${versionId}`,
  );
  const workspaces = [...ctx.actor.roles.keys()];
  const problems: Problem[] = [];
  for (const workspaceId of workspaces.length === 0 ? [''] : workspaces) {
    const taking = { ...takingOf(ctx, 'export', workspaceId), reviews: isReviewer(ctx.actor) };
    const [problem] = await takingProblems(ctx, taking, { integrationId, versionId });
    if (problem === undefined) return;
    problems.push(problem);
  }
  throw must(problems[0], 'one workspace at least was asked about');
}

const loadHead = (ctx: ReadCtx, versionId: string) =>
  ctx.db.one<Bundle['integration'] & { version: string; publishedAt: string }>(sql`
    select i.publisher, i.slug, v.name, v.description, v.icon_url as "iconUrl", v.version, iso(v.published_at) as "publishedAt"
    from integration_versions v join integrations i on i.id = v.integration_id where v.id = ${versionId}`);

async function collect(content: AsyncIterable<Buffer>): Promise<{ pieces: Buffer[]; digest: string }> {
  const hash = createHash('sha256');
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of content) {
    hash.update(piece);
    pieces.push(piece);
    bytes += piece.length;
    if (bytes > BUNDLE_BYTES)
      throw new Problem(
        'bundle_too_large',
        `This version has more than the ${BUNDLE_BYTES} bytes that a bundle may have; split the integration into several.`,
      );
  }
  return { pieces, digest: hash.digest('hex') };
}

async function sign(ctx: ReadCtx, statement: Statement): Promise<Bundle['signature']> {
  const { publicKey, privateKey } = await loadSigningKey(ctx);
  return { algorithm: 'Ed25519', publicKey, value: signText(privateKey, statementText(statement)) };
}

/** `content` comes first among the keys, so the whole is canonical too. */
const bundleText = (content: readonly Buffer[], statement: Statement, signature: Bundle['signature']): Pieces => ({
  json: '{"content":',
  rest: [...content, `,${canonicalJson({ ...statement, signature }).slice(1)}`],
});
