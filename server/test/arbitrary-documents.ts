import fc from 'fast-check';
import { isObject, type Json, type JsonObject } from '../src/lib/json.ts';

/** Few keys and values, so that documents often meet; some keys are names that objects inherit. */
const KEYS = ['a', 'b', 'c', 'name', 'id', '__proto__', 'constructor', 'toJSON', 'a/~b'];
const scalars = fc.constantFrom<Json[]>(null, true, 0, 1, 'x', 'y', '');
const lines = fc.constantFrom('p', 'q', 'r', 's', 't', '');
const texts = fc.array(lines, { minLength: 2, maxLength: 12 }).map((all) => all.join('\n'));
/** Lines of words, most of them longer than 40 characters. */
const sentences = fc
  .array(fc.constantFrom('merging', 'documents', 'carefully', 'as', 'people', 'would'), { minLength: 4, maxLength: 12 })
  .map((all) => all.join(' '));
const tags = fc.array(fc.constantFrom<Json[]>('red', 'green', 'blue', 'pip>=1', 'pip>=2', 1, 2), { maxLength: 6 });
const itemKeys = fc.constantFrom<(string | number)[]>(1, 2, 3, 4, 'k', 'l', '__proto__');

const objects = (depth: number): fc.Arbitrary<JsonObject> =>
  fc
    .uniqueArray(fc.tuple(fc.constantFrom(...KEYS), values(depth - 1)), { minLength: 1, maxLength: 5, selector: ([key]) => key })
    .map((entries) => Object.fromEntries(entries));

/** Arrays of objects with a key each, different ones. */
const items = (depth: number, key: string): fc.Arbitrary<Json[]> =>
  fc.uniqueArray(
    fc.tuple(itemKeys, objects(depth - 1)).map(([id, object]) => Object.fromEntries([...Object.entries(object), [key, id]])),
    { minLength: 1, maxLength: 5, selector: (item) => String(item[key]) },
  );

function values(depth: number): fc.Arbitrary<Json> {
  if (depth <= 0) return fc.oneof(scalars, texts);
  return fc.oneof(scalars, sentences, tags, { weight: 2, arbitrary: texts }, fc.array(values(depth - 1), { maxLength: 3 }), {
    weight: 3,
    arbitrary: structures(depth),
  });
}

/** Arrays of items by name, some of which have an id. */
const named = (depth: number): fc.Arbitrary<Json[]> =>
  fc
    .tuple(items(depth, 'name'), fc.array(fc.option(itemKeys), { minLength: 5, maxLength: 5 }))
    .map(([all, ids]) => all.map((item, i) => ({ ...(item as JsonObject), ...(ids[i] !== null && { id: ids[i] as Json }) })));

/** Objects of some shape, without a key. */
const anonymous = (depth: number): fc.Arbitrary<Json[]> =>
  fc.array(
    fc.tuple(objects(depth - 1), tags, sentences, fc.boolean()).map(([inner, list, text, flag]) => ({ inner, list, text, flag })),
    { minLength: 1, maxLength: 5 },
  );

const structures = (depth: number): fc.Arbitrary<Json> => fc.oneof(objects(depth), items(depth, 'id'), named(depth), anonymous(depth));

/** Documents of nested objects, lists with and without keys, and texts of several lines and of many words. */
export const documents: fc.Arbitrary<Json> = fc.oneof({ weight: 9, arbitrary: structures(3) }, values(0));

const DICE = 40;

/** A document and two that were made of it by changes here and there, or by writing another in its place. */
export const threeDocuments: fc.Arbitrary<[base: Json, ours: Json, theirs: Json]> = documents.chain((base) => {
  const throws = fc.array(fc.nat(DICE - 1), { minLength: 60, maxLength: 60 });
  const changed = fc.tuple(documents, throws).map(([other, numbers]) => mix(base, other, dice(numbers)));
  const made = fc.oneof({ weight: 15, arbitrary: changed }, documents);
  return fc.tuple(fc.constant(base), made, made);
});

type Dice = () => number;

function dice(numbers: readonly number[]): Dice {
  let next = 0;
  return () => numbers[next++ % numbers.length] ?? 0;
}

/** The first document with parts of the second in it. */
function mix(a: Json, b: Json, die: Dice): Json {
  if (typeof a === 'string' && a.includes(' ')) return mixItems(a.split(' '), String(b).split(' '), die, (word) => word).join(' ');
  if (typeof a === 'string' && a.includes('\n')) return mixItems(a.split('\n'), String(b).split('\n'), die, (line) => line).join('\n');
  if (Array.isArray(a)) return mixItems(a, Array.isArray(b) ? b : [b], die, (one, other) => mix(one, other, die));
  if (isObject(a)) return mixObjects(a, isObject(b) ? b : { b }, die);
  return die() < 8 ? b : a;
}

function mixObjects(a: JsonObject, b: JsonObject, die: Dice): JsonObject {
  const kept = Object.entries(a).filter(() => die() > 0);
  const mixed = kept.map(([key, value]): [string, Json] => [key, mix(value, Object.hasOwn(b, key) ? (b[key] as Json) : null, die)]);
  return Object.fromEntries([...Object.entries(b).filter(() => die() < 4), ...mixed]);
}

function mixItems<T extends Json>(a: T[], b: T[], die: Dice, both: (one: T, other: T) => T): T[] {
  const mixed: T[] = [];
  for (const [i, item] of a.entries()) {
    const other = b[i];
    const number = die();
    if (number === 0) continue;
    if (number === 1) mixed.unshift(item);
    else if (number < 4 && other !== undefined) mixed.push(other, item);
    else mixed.push(other === undefined ? item : both(item, other));
  }
  return die() < 4 ? [...mixed, ...b.slice(a.length)] : mixed;
}
