import type { ReadCtx } from '../../../context.ts';
import { type Fault, Problem } from '../../../lib/errors.ts';
import { tidyName } from '../../../lib/names.ts';
import type { Snapshot } from '../../integration/snapshot.ts';
import { loadInstalled } from './installed.ts';
import { meeting, type Uses, wantsOf } from './wants.ts';

interface Use {
  readonly integration: string;
  readonly name: string;
}

/** Which named installs shall meet the version's wants, as asked for: each must be there, and in the range. */
export async function usesOf(
  ctx: ReadCtx,
  { snapshot }: { readonly snapshot: Pick<Snapshot, 'manifest' | 'version'> },
  workspaceId: string,
  named: readonly Use[],
): Promise<Uses> {
  if (named.length === 0) return new Map();
  const asked = named.map(({ integration, name }) => ({ integration, name: tidyName(name) })); // as installs are given theirs
  const uses = new Map(asked.map(({ integration, name }) => [integration, name]));
  const wants = new Map(wantsOf(snapshot.manifest, uses).map((want) => [want.integration, want]));
  const met = meeting(await loadInstalled(ctx, workspaceId, [...uses.keys()]));
  const faults = asked.flatMap(({ integration, name }, index): Fault[] => {
    const want = wants.get(integration);
    const pointer = `/uses/${index}`;
    if (want === undefined) return [{ pointer, message: `names ${integration}, which version ${snapshot.version} does not depend on` }];
    if (uses.get(integration) !== name) return [{ pointer, message: `names ${integration} for the second time` }];
    if (met(want).length > 0) return [];
    return [{ pointer, message: `names no active install ${JSON.stringify(name)} of ${integration} in ${want.range}` }];
  });
  if (faults.length > 0) throw new Problem('invalid_body', '`uses` names installs that are not there; see errors.', { faults });
  return uses;
}
