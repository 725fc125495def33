import type { ReadCtx } from '../../../context.ts';
import { must } from '../../../lib/must.ts';
import type { ConsentNeed, Version } from '../consent/comparable.ts';
import { consentNeeds } from '../consent/consent.ts';
import { comparables } from '../consent/load.ts';
import { loadSnapshot } from '../snapshot.ts';

/** What a reviewer has to agree to, that goes from one version to the other; `from` null: the public has none, and nothing is let in unseen. */
export async function reviewNeeds(ctx: ReadCtx, integrationId: string, from: string | null, to: string): Promise<readonly ConsentNeed[]> {
  const after = await load(ctx, integrationId, to);
  const before = from === null ? askingNothing(after) : await load(ctx, integrationId, from);
  const sides = await comparables(ctx, before, after);
  return consentNeeds(sides.from, sides.to);
}

const load = async (ctx: ReadCtx, integrationId: string, versionId: string) =>
  must(await loadSnapshot(ctx.db, integrationId, versionId), 'versions are of their integration');

/** Its members are looked at one by one, so what kinds they are is not news. */
const askingNothing = ({ members }: Version): Version => ({ members, variablesSchema: {}, authConfig: {} });
