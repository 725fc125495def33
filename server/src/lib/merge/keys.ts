import { isObject, type Json } from '../json.ts';

/** What names the items of a list, the best first. */
const KEYS = [
  'id',
  'slug',
  'name',
  'uid',
  'key',
  'ref',
  'refId',
  'field',
  'variable',
  'alias',
  'package',
  'alert',
  'record',
  'title',
  'job_name',
];

// Keys that a kind names for lists, by the pointer of the list; `*` in it stands for every item of a list: `/steps`, `/steps/*/inputs`.
export type MergeKeys = Readonly<Record<string, string>>;

/**
 * The key that names the items of these lists: every item carries it as a string or number, and no two of one list the same; `1` and
 * `"1"` are the same. `named`: the one that goes first. Undefined when there is none.
 */
export const keyOf = (lists: readonly (readonly Json[])[], named?: string): string | undefined =>
  [...(named === undefined ? [] : [named]), ...KEYS].find((key) => lists.every((list) => isNamedBy(list, key)));

function isNamedBy(list: readonly Json[], key: string): boolean {
  const names = new Set<string>();
  return list.every((item) => {
    const name = nameOf(item, key);
    return name !== undefined && names.size !== names.add(name).size;
  });
}

/** What an item is called by a key, or undefined where it does not carry it. */
export function nameOf(item: Json, key: string): string | undefined {
  const value = isObject(item) && Object.hasOwn(item, key) ? item[key] : undefined;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** The items of a list by the text of their key, in order. */
export type Items = ReadonlyMap<string, Json>;

/** The items of these lists by the key that names all of them, or null where there is none. */
export function itemsByKey(lists: readonly (readonly Json[])[]): Items[] | null {
  const key = keyOf(lists);
  return key === undefined ? null : lists.map((list) => new Map(list.map((item) => [nameOf(item, key) ?? '', item])));
}
