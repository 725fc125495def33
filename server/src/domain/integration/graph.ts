import { must } from '../../lib/must.ts';
import type { SnapshotMember } from './snapshot.ts';

type Node = Pick<SnapshotMember, 'slug' | 'entityId' | 'dependsOn' | 'refs'>;

/** slug → the slugs that it depends on or refers to, itself excluded. What is no member is left out. */
export function needsOf(members: readonly Node[]): ReadonlyMap<string, readonly string[]> {
  const slugs = new Set(members.map((member) => member.slug));
  const byEntity = new Map(members.map((member) => [member.entityId, member.slug]));
  return new Map(
    members.map((member) => {
      const referred = member.refs.flatMap((id) => byEntity.get(id) ?? []);
      const needs = new Set([...member.dependsOn.filter((slug) => slugs.has(slug)), ...referred]);
      needs.delete(member.slug);
      return [member.slug, [...needs]];
    }),
  );
}

/** `from` and everything that it needs, transitively. */
export function reach(needs: ReadonlyMap<string, readonly string[]>, from: Iterable<string>): Set<string> {
  const reached = new Set<string>();
  const open = [...from];
  for (let slug = open.pop(); slug !== undefined; slug = open.pop()) {
    if (reached.has(slug)) continue;
    reached.add(slug);
    for (const need of needs.get(slug) ?? []) open.push(need);
  }
  return reached;
}

/** slug → the slugs that need it directly, in the order of `members`. */
export function requiredByOf(members: readonly Node[]): ReadonlyMap<string, readonly string[]> {
  const requiredBy = new Map<string, string[]>(members.map((member) => [member.slug, []]));
  for (const [slug, needs] of needsOf(members)) for (const need of needs) must(requiredBy.get(need), 'needs are members').push(slug);
  return requiredBy;
}

/** The members with dependencies before dependents, otherwise in the given order. Members of a cycle keep the given order. */
export function installOrder<M extends Node>(members: readonly M[]): M[] {
  const needs = needsOf(members);
  const bySlug = new Map(members.map((member) => [member.slug, member]));
  const ordered = new Map<string, M>();
  const entered = new Set<string>();
  for (const root of members) visit(root.slug);
  return [...ordered.values()];

  /** Depth first with a stack of its own: chains may be thousands long. */
  function visit(root: string): void {
    const stack: { slug: string; next: number }[] = [{ slug: root, next: 0 }];
    while (stack.length > 0) {
      const top = must(stack.at(-1), 'the stack is not empty');
      entered.add(top.slug);
      const need = needs.get(top.slug)?.[top.next++];
      if (need !== undefined) {
        if (!entered.has(need)) stack.push({ slug: need, next: 0 });
        continue;
      }
      stack.pop();
      ordered.set(top.slug, must(bySlug.get(top.slug), 'slugs name members'));
    }
  }
}

/** A cycle among declared `dependsOn`, as the slugs along it, or null. References between members may be cyclic, `dependsOn` not. */
export function dependsOnCycle(members: readonly Pick<Node, 'slug' | 'dependsOn'>[]): string[] | null {
  // A faulty manifest may have a slug twice: its edges add up.
  const edges = new Map<string, string[]>(members.map(({ slug }) => [slug, []]));
  for (const { slug, dependsOn } of members) for (const other of dependsOn) edges.get(slug)?.push(other);
  const done = new Set<string>();
  for (const { slug } of members) {
    const cycle = cycleFrom(slug, edges, done);
    if (cycle !== null) return cycle;
  }
  return null;
}

function cycleFrom(start: string, edges: ReadonlyMap<string, readonly string[]>, done: Set<string>): string[] | null {
  const path: { slug: string; next: number }[] = [{ slug: start, next: 0 }];
  const onPath = new Set([start]);
  while (path.length > 0) {
    const top = must(path.at(-1), 'the path is not empty');
    const next = done.has(top.slug) ? undefined : edges.get(top.slug)?.[top.next++];
    if (next === undefined) {
      done.add(top.slug);
      onPath.delete(top.slug);
      path.pop();
    } else if (onPath.has(next)) {
      const slugs = path.map((step) => step.slug);
      return [...slugs.slice(slugs.indexOf(next)), next];
    } else if (edges.has(next)) {
      onPath.add(next);
      path.push({ slug: next, next: 0 });
    }
  }
  return null;
}
