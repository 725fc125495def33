import type { ReadCtx } from '../../../context.ts';
import type { JsonObject } from '../../../lib/json.ts';
import type { Kinds } from '../../../lib/kinds.ts';
import { readBodies } from '../../entity/definitions.ts';
import type { SnapshotMember } from '../snapshot.ts';
import type { Comparable, Version } from './comparable.ts';
import { hostsIn } from './hosts.ts';

/**
 * Two versions with the hosts that they name. Only definitions of kinds that say where are read, and none where the later version has
 * no other ones: then no host is new.
 */
export async function comparables(ctx: ReadCtx, from: Version, to: Version): Promise<{ from: Comparable; to: Comparable }> {
  const before = new Set(exposing(ctx.kinds, from.members).map(keyOf));
  const changed = exposing(ctx.kinds, to.members).filter((member) => !before.has(keyOf(member)));
  if (changed.length === 0) return { from: { ...from, hosts: [] }, to: { ...to, hosts: [] } };
  const hosts = await hostsOf(ctx, changed);
  return { from: { ...from, hosts: await hostsOf(ctx, from.members) }, to: { ...to, hosts } };
}

const keyOf = ({ kind, digest }: SnapshotMember): string => `${kind} ${digest.toString('hex')}`;

const exposing = (kinds: Kinds, members: readonly SnapshotMember[]): readonly SnapshotMember[] =>
  members.filter(({ kind }) => pointersOf(kinds, kind).length > 0);

const pointersOf = (kinds: Kinds, kind: string): readonly string[] => kinds.named(kind)?.exposes ?? [];

async function hostsOf(ctx: ReadCtx, members: readonly SnapshotMember[]): Promise<readonly string[]> {
  const said = exposing(ctx.kinds, members);
  // Two kinds may share a definition, and each says where to look in it.
  const kindsOf = Map.groupBy(said, ({ digest }) => digest.toString('hex'));
  const hosts = new Set<string>();
  for await (const { hex, text } of readBodies(
    ctx.db,
    said.map(({ digest }) => digest),
  )) {
    const definition = JSON.parse(text) as JsonObject;
    const pointers = new Set((kindsOf.get(hex) ?? []).flatMap(({ kind }) => pointersOf(ctx.kinds, kind)));
    for (const host of hostsIn(definition, [...pointers])) hosts.add(host);
  }
  return [...hosts];
}
