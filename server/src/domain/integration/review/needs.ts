import sql from 'sql-template-tag';
import type { ReadCtx } from '../../../context.ts';
import { must } from '../../../lib/must.ts';
import type { ConsentNeed, Version } from '../consent/comparable.ts';
import { consentNeeds } from '../consent/consent.ts';
import { type Listing, listingNeeds } from '../consent/listing.ts';
import { comparables } from '../consent/load.ts';
import { loadSnapshot } from '../snapshot.ts';

/**
 * What a reviewer has to agree to, that goes from one version to the other: what installers have to, and how it is listed. `from` null: the
 * public has none, and nothing is let in unseen.
 */
export async function reviewNeeds(ctx: ReadCtx, integrationId: string, from: string | null, to: string): Promise<readonly ConsentNeed[]> {
  const after = await load(ctx, integrationId, to);
  const before = from === null ? askingNothing(after) : await load(ctx, integrationId, from);
  const sides = await comparables(ctx, before, after);
  return [...consentNeeds(sides.from, sides.to), ...(await listing(ctx, from, to))];
}

/** How the public sees the integration already is not news, whichever version is before. */
async function listing(ctx: ReadCtx, from: string | null, to: string): Promise<readonly ConsentNeed[]> {
  if (from === null || (await isListed(ctx, to))) return [];
  return listingNeeds(await loadListing(ctx, from), await loadListing(ctx, to));
}

const loadListing = (ctx: ReadCtx, versionId: string): Promise<Listing> =>
  ctx.db.one<Listing>(sql`select name, description, icon_url as "iconUrl" from integration_versions where id = ${versionId}`);

async function isListed(ctx: ReadCtx, versionId: string): Promise<boolean> {
  const found = await ctx.db.maybe(sql`
    select 1 from integration_versions v
    join integrations i on i.id = v.integration_id and i.visibility = 'public'
    join integration_versions c on c.id = i.current_version_id and c.id <> v.id
    where v.id = ${versionId} and (c.name, c.description, c.icon_url) is not distinct from (v.name, v.description, v.icon_url)`);
  return found !== null;
}

const load = async (ctx: ReadCtx, integrationId: string, versionId: string) =>
  must(await loadSnapshot(ctx.db, integrationId, versionId), 'versions are of their integration');

/** Its members are looked at one by one, so what kinds they are is not news. */
const askingNothing = ({ members }: Version): Version => ({ members, manifest: {}, variablesSchema: {}, authConfig: {} });
