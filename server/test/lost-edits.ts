/** What a merge lost of what either side changed, found without merging. */
import { isObject, type Json } from '../src/lib/json.ts';
import { pointer } from '../src/lib/json-pointer.ts';
import { sameJson } from '../src/lib/json-walk.ts';
import { itemsByKey } from '../src/lib/merge/keys.ts';

type Side = Json | undefined;

interface Sides {
  readonly base: Side;
  readonly ours: Side;
  readonly theirs: Side;
}
interface Told {
  readonly pointer: string;
  readonly lines?: object;
  readonly theirs?: Json;
}

const same = (a: Side, b: Side): boolean => (a === undefined || b === undefined ? a === b : sameJson(a, b));

/** Where the result holds neither what was asked for nor what was told. */
export function lostEdits(sides: Sides, result: Side, told: readonly Told[], at = ''): string[] {
  const { base, ours, theirs } = sides;
  const here = told.filter((each) => each.pointer === at);
  const isWhole = here.some(({ lines }) => lines === undefined);
  if (isWhole || same(base, theirs) || same(ours, theirs)) return same(result, ours) ? [] : [`ours at ${at}`];
  if (same(base, ours)) return same(result, theirs) ? [] : [`theirs at ${at}`];
  if (typeof result === 'string') return lostPieces(sides, result, here).map((piece) => `${piece} at ${at}`);
  if (Array.isArray(result)) return lostItems(sides, result, within(told, at), at);
  const parts = propertiesOf(sides, result);
  return parts === null ? [`both at ${at}`] : parts.flatMap(([place, each, value]) => lostEdits(each, value, told, at + place));
}

const within = (told: readonly Told[], at: string): Told[] => told.filter((each) => each.pointer.startsWith(`${at}/`));

type Part = readonly [place: string, sides: Sides, result: Side];

function propertiesOf({ base = {}, ours, theirs }: Sides, result: Side): Part[] | null {
  const objects = [base, ours, theirs, result].filter(isObject);
  if (objects.length < 4) return null;
  return [...new Set(objects.flatMap((object) => Object.keys(object)))].map((key) => {
    const [was, mine, yours, merged] = objects.map((object) => (Object.hasOwn(object, key) ? object[key] : undefined));
    return [pointer(key), { base: was, ours: mine, theirs: yours }, merged];
  });
}

/** Items that a key names one by one, where no name came or went with another; others by what all of them say. */
function lostItems(sides: Sides, result: Json[], told: readonly Told[], at: string): string[] {
  const lists = [sides.base ?? [], sides.ours, sides.theirs, result].filter((each) => Array.isArray(each));
  const [base, ours, theirs, merged] = lists.length < 4 ? [] : (itemsByKey(lists) ?? []);
  if (!base || !ours || !theirs || !merged || mayBeRenamed([base, ours, theirs])) return lostPieces(sides, result, told);
  const places = new Map([...merged.keys()].map((key, i) => [key, pointer(i)]));
  return [...new Set([base, ours, theirs, merged].flatMap((each) => [...each.keys()]))].flatMap((key) => {
    const item = { base: base.get(key), ours: ours.get(key), theirs: theirs.get(key) };
    return lostEdits(item, merged.get(key), told, at + (places.get(key) ?? pointer('-', key)));
  });
}

function mayBeRenamed([base = new Map(), ...sides]: ReadonlyMap<string, Json>[]): boolean {
  const was = new Set(base.keys());
  return sides.map((side) => new Set(side.keys())).some((is) => was.difference(is).size > 0 && is.difference(was).size > 0);
}

/** What a side brought in that is neither there nor told, and what is there that no side has. */
function lostPieces({ base, ours, theirs }: Sides, result: Json, told: readonly Told[]): string[] {
  const [before, mine, yours, now] = [piecesOf(base), piecesOf(ours), piecesOf(theirs), piecesOf(result)];
  const reported = piecesOf(told.flatMap((each) => (each.theirs === undefined ? [] : [each.theirs])));
  const lost = [...mine.union(yours).difference(before).difference(now.union(reported))];
  const invented = [...now.difference(mine.union(yours))];
  return [...lost.map((piece) => `lost ${piece}`), ...invented.map((piece) => `invented ${piece}`)];
}

/** Everything that a value says, to the line and word, wherever in it. */
function piecesOf(value: Side): Set<string> {
  if (typeof value === 'string') return new Set(value.split(/[ \n]/).map((piece) => JSON.stringify(piece)));
  if (Array.isArray(value)) return new Set(value.flatMap((item) => [...piecesOf(item)]));
  if (isObject(value)) return new Set(Object.entries(value).flatMap(([key, item]) => [`${key}:`, ...piecesOf(item)]));
  return value === undefined ? new Set() : new Set([String(value)]);
}
