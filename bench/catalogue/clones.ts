import type { JsonObject } from '@mortise/sdk/resources';
import { expectedDefinition } from './expected.ts';
import type { Snapshot } from './snapshots.ts';
import type { View } from './subscription.ts';

/** What the clones of an install are where nobody edited them, by clone: a version rendered with the install's clones and variables. */
export function renderedClones({ members }: View, snapshot: Snapshot, variables: JsonObject): ReadonlyMap<string, JsonObject> {
  const clones = members.flatMap(({ sourceMemberSlug, entityId, isClone }) => {
    const source = snapshot.members.get(sourceMemberSlug);
    return isClone && source !== undefined ? [{ source, entityId }] : [];
  });
  const ids = new Map(clones.map(({ source, entityId }) => [source.entityId, entityId]));
  return new Map(clones.map(({ source, entityId }) => [entityId, expectedDefinition(source.definition, ids, variables)]));
}
