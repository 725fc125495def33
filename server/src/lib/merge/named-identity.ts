import type { Json } from '../json.ts';
import { must } from '../must.ts';
import { nameOf } from './keys.ts';
import { type Features, featuresOf, shared } from './likeness.ts';
import type { Identity, Lists } from './lists.ts';
import { pairAlike } from './pairing.ts';

/** The identity of items that a key names, with those that were renamed. */
export function namedIdentity(lists: Lists, key: string): Identity {
  const [base, ours, theirs] = [named(lists.base, key), named(lists.ours, key), named(lists.theirs, key)];
  const tokens = new Map<string, number>();
  for (const { name } of [...base, ...ours, ...theirs]) if (!tokens.has(name)) tokens.set(name, tokens.size);
  const [mine, yours] = [renamed(base, ours, key), renamed(base, theirs, key)];
  const [myNames, yourNames] = [namesOf(ours), namesOf(theirs)];
  for (const [name, former] of mine) if (!yourNames.has(name) || yours.get(name) === former) tokens.set(name, former);
  for (const [name, former] of yours) if (!myNames.has(name)) tokens.set(name, former);
  const tokensOf = (items: readonly Named[]): number[] => items.map(({ name }) => must(tokens.get(name), 'every name has a number'));
  return { tokens: { base: tokensOf(base), ours: tokensOf(ours), theirs: tokensOf(theirs) }, key };
}

interface Named {
  readonly name: string;
  readonly item: Json;
  readonly place: number;
}

const named = (items: readonly Json[], key: string): Named[] =>
  items.map((item, place) => ({ name: must(nameOf(item, key), 'the key is theirs'), item, place }));

const namesOf = (items: readonly Named[]): ReadonlySet<string> => new Set(items.map(({ name }) => name));

/** As alike as this but for their names, an item that a side lacks and one that it added are the same, renamed. */
const RENAMED = 0.7;
/** Less than this says too little to tell it by. */
const FEW_FEATURES = 3;

/** New names of a side with the place in the base of the item that had another one. */
function renamed(base: readonly Named[], side: readonly Named[], key: string): ReadonlyMap<string, number> {
  const [before, now] = [namesOf(base), namesOf(side)];
  const gone = base.filter(({ name }) => !now.has(name));
  const added = side.filter(({ name }) => !before.has(name));
  if (gone.length === 0 || added.length === 0) return new Map();
  const [was, is] = [gone, added].map((items) => items.map(({ item }) => featuresOf(item, key)));
  const pairs = pairAlike(gone.length, added.length, (i, j) => alikeness(was?.[i], is?.[j]));
  return new Map(pairs.flatMap(([i, j]) => (gone[i] && added[j] ? [[added[j].name, gone[i].place] as const] : [])));
}

function alikeness(a: Features = NOTHING, b: Features = NOTHING): number {
  const score = Math.min(a.length, b.length) < FEW_FEATURES ? 0 : shared(a, b);
  return score < RENAMED ? 0 : score;
}

const NOTHING: Features = new Int32Array(0);
