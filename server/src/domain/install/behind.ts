import type { ReadCtx } from '../../context.ts';
import type { Mover } from './dependencies/joint.ts';
import { loadMovers } from './dependencies/movers.ts';

/** Installs of one call, by default. Each is planned whole. */
const PAGE = 20;

/** Installs of the workspace that have a version to go to, in the order of their ids. */
export interface Behind {
  readonly movers: readonly Mover[];
  readonly page: readonly string[];
  /** The last of the page where more follow; else null. */
  readonly next: string | null;
}

export async function loadBehind(ctx: ReadCtx, workspaceId: string, { after = '', limit = PAGE }): Promise<Behind> {
  const movers = await loadMovers(ctx, workspaceId);
  return { movers, ...pageOf(movers, after, limit) };
}

/** Pure. */
export function pageOf(movers: readonly Mover[], after: string, limit: number): Omit<Behind, 'movers'> {
  const ids = movers.filter(({ steps }) => steps.length > 0).map(({ installId }) => installId);
  const left = ids.filter((id) => id > after).sort((a, b) => (a < b ? -1 : 1));
  const page = left.slice(0, limit);
  return { page, next: left.length > limit ? (page.at(-1) ?? null) : null };
}
