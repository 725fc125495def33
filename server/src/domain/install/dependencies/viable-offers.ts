import { satisfies } from '../../../lib/semver.ts';
import type { Choice, World } from './choices.ts';
import { isMet, type Want } from './wants.ts';

type Offered = World['offered'];

/**
 * Leaves only versions that could be part of a solution: those that want nothing that is neither there nor offered in range. What is
 * left out may be all that another one could take, so it goes on until nothing changes. Without this, a version far down that nobody
 * can have would be met again by every combination above it. Pure.
 */
export function viableOffers(world: World): Offered {
  for (let offered = world.offered; ; ) {
    const possible = possibleIn({ ...world, offered });
    const left = new Map([...offered].map(([name, choices]) => [name, choices.filter(({ wants }) => wants.every(possible))]));
    if (sizeOf(left) === sizeOf(offered)) return left;
    offered = left;
  }
}

const sizeOf = (offered: Offered): number => [...offered.values()].reduce((size, choices) => size + choices.length, 0);

/** Whether a want can be met at all, each range looked up once. */
function possibleIn({ root, installed, offered }: World): (want: Want) => boolean {
  const known = new Map<string, boolean>();
  const look = (want: Want): boolean => {
    const there = installed.get(want.integration) ?? [];
    if (want.integration === root.integration) return isMet(want, [...there, root.version]);
    if (want.optional || there.length > 0) return isMet(want, there);
    return (offered.get(want.integration) ?? []).some(({ version }: Choice) => satisfies(version, want.range));
  };
  return (want) => {
    const key = `${want.optional ? '?' : ''}${want.integration} ${want.range}`;
    const found = known.get(key) ?? look(want);
    known.set(key, found);
    return found;
  };
}
