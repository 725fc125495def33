import { isObject, type Json, type JsonObject } from './json.ts';
import { pointer } from './json-pointer.ts';
import { sameJson } from './json-walk.ts';
import { itemsByKey } from './merge/keys.ts';

/** An operation of a JSON patch (RFC 6902). */
export type PatchOperation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: Json }
  | { readonly op: 'remove'; readonly path: string };

/**
 * The JSON patch (RFC 6902) that makes `to` of `from`; empty when they are equal. Objects differ key by key. Arrays of objects with an
 * `id`, `slug` or `name` differ item by item, and what moved is removed and added again; other arrays differ by position between what
 * both start and end with. Time is linear in the documents, so it is not always the shortest patch. Pure.
 */
export function diffJson(from: Json, to: Json): readonly PatchOperation[] {
  const operations: PatchOperation[] = [];
  diffAt('', from, to, operations);
  return operations;
}

function diffAt(path: string, from: Json, to: Json, out: PatchOperation[]): void {
  if (Array.isArray(from) && Array.isArray(to)) diffArrays(path, from, to, out);
  else if (isObject(from) && isObject(to)) diffObjects(path, from, to, out);
  else if (from !== to) out.push({ op: 'replace', path, value: to });
}

function diffObjects(path: string, from: JsonObject, to: JsonObject, out: PatchOperation[]): void {
  for (const key of Object.keys(from)) if (!Object.hasOwn(to, key)) out.push({ op: 'remove', path: path + pointer(key) });
  for (const [key, value] of Object.entries(to)) {
    const at = path + pointer(key);
    if (Object.hasOwn(from, key)) diffAt(at, from[key] as Json, value, out);
    else out.push({ op: 'add', path: at, value });
  }
}

/** Operations apply one after the other: removals from the end and additions from the start leave the indexes between them right. */
function diffArrays(path: string, from: Json[], to: Json[], out: PatchOperation[]): void {
  const pairs = pairsByKey(from, to) ?? pairsByPosition(from, to);
  const kept = new Set(pairs.values());
  for (let i = from.length - 1; i >= 0; i--) if (!kept.has(i)) out.push({ op: 'remove', path: path + pointer(i) });
  for (const [i, value] of to.entries()) if (!pairs.has(i)) out.push({ op: 'add', path: path + pointer(i), value });
  for (const [i, was] of pairs) diffAt(path + pointer(i), from[was] as Json, to[i] as Json, out);
}

/** Which item becomes which: indexes of `to` → indexes of `from`, both ascending. */
type Pairs = ReadonlyMap<number, number>;

function pairsByKey(from: Json[], to: Json[]): Pairs | null {
  const [before, after] = itemsByKey([from, to]) ?? [];
  if (!before || !after) return null;
  const indexes = new Map([...before.keys()].map((key, i) => [key, i]));
  const pairs = new Map<number, number>();
  let last = -1;
  for (const [i, key] of [...after.keys()].entries()) {
    const was = indexes.get(key) ?? -1;
    if (was <= last) continue;
    pairs.set(i, was);
    last = was;
  }
  return pairs;
}

function pairsByPosition(from: Json[], to: Json[]): Pairs {
  const shorter = Math.min(from.length, to.length);
  let start = 0;
  while (start < shorter && sameJson(from[start] as Json, to[start] as Json)) start++;
  let end = 0;
  while (end < shorter - start && sameJson(from.at(-1 - end) as Json, to.at(-1 - end) as Json)) end++;
  const first = Array.from({ length: shorter - end }, (_, i): [number, number] => [i, i]);
  const last = Array.from({ length: end }, (_, i): [number, number] => [to.length - end + i, from.length - end + i]);
  return new Map([...first, ...last]);
}
