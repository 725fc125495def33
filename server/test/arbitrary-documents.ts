import fc from 'fast-check';
import { isObject, type Json, type JsonObject } from '../src/lib/json.ts';

/** Few keys and values, so that documents often meet; some keys are names that objects inherit. */
const key = fc.constantFrom('a', 'b', 'c', 'name', 'id', '__proto__', 'constructor', 'toJSON', 'a/~b');
const scalar = fc.constantFrom<Json[]>(null, true, 0, 1, 'x', 'y', '');
const line = fc.constantFrom('p', 'q', 'r', 's', '');
const text = fc.array(line, { minLength: 2, maxLength: 9 }).map((lines) => lines.join('\n'));
const itemKey = fc.constantFrom<(string | number)[]>(1, 2, 3, 'k', 'l', '__proto__');

const { document } = fc.letrec<{ document: Json; object: JsonObject; item: JsonObject; named: JsonObject }>((tie) => ({
  document: fc.oneof(
    { maxDepth: 4 },
    scalar,
    text,
    tie('object'),
    fc.array(tie('document'), { maxLength: 3 }),
    fc.uniqueArray(tie('item'), { maxLength: 5, selector: ({ id }) => String(id) }),
    fc.array(tie('named'), { maxLength: 4 }),
  ),
  object: fc.array(fc.tuple(key, tie('document')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
  item: fc.tuple(itemKey, tie('object')).map(([id, object]) => Object.fromEntries([...Object.entries(object), ['id', id]])),
  named: fc.tuple(itemKey, tie('object')).map(([name, object]) => Object.fromEntries([...Object.entries(object), ['name', name]])),
}));

/** Documents of nested objects, arrays with and without keys, and texts of several lines. */
export const documents: fc.Arbitrary<Json> = document;

/** A document and two that were made of it by changes here and there. */
export const threeDocuments: fc.Arbitrary<readonly [base: Json, ours: Json, theirs: Json]> = documents.chain((base) =>
  fc.tuple(fc.constant(base), changed(base), changed(base)),
);

const changed = (base: Json): fc.Arbitrary<Json> =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .tuple(documents, fc.array(fc.nat(11), { minLength: 1, maxLength: 40 }))
        .map(([other, dice]) => mix(base, other, roll(dice))),
    },
    { weight: 1, arbitrary: documents },
  );

type Roll = () => number;

function roll(dice: readonly number[]): Roll {
  let next = 0;
  return () => dice[next++ % dice.length] ?? 0;
}

/** The first document with parts of the second in it. */
function mix(a: Json, b: Json, die: Roll): Json {
  if (typeof a === 'string' && typeof b === 'string') return mixItems(a.split('\n'), b.split('\n'), die, (one) => one).join('\n');
  if (Array.isArray(a) && Array.isArray(b)) return mixItems(a, b, die, (one, other) => mix(one, other, die));
  if (isObject(a) && isObject(b)) return mixObjects(a, b, die);
  return die() < 6 ? a : b;
}

function mixObjects(a: JsonObject, b: JsonObject, die: Roll): JsonObject {
  const kept = Object.entries(a).filter(() => die() !== 0);
  const mixed = kept.map(([key, value]): [string, Json] => [key, Object.hasOwn(b, key) ? mix(value, b[key] as Json, die) : value]);
  return Object.fromEntries([...Object.entries(b).filter(() => die() < 2), ...mixed]);
}

function mixItems<T extends Json>(a: T[], b: T[], die: Roll, both: (one: T, other: T) => T): T[] {
  const mixed: T[] = [];
  for (const [i, item] of a.entries()) {
    const other = b[i];
    const side = die();
    if (side === 0) continue;
    if (side === 1) mixed.unshift(item);
    else if (side < 4 && other !== undefined) mixed.push(other, item);
    else mixed.push(side < 6 && other !== undefined ? both(item, other) : item);
  }
  return mixed;
}
