import { isObject, type Json } from '../json.ts';

/** How much two values have in common, from 0 to 1: 1 for equal ones, 0 for those that are not even of one type. */
export function likeness(a: Json, b: Json, features: (value: Json) => Features): number {
  if (typeof a === 'string' && typeof b === 'string') return textLikeness(a, b);
  const isOneType = isObject(a) ? isObject(b) : Array.isArray(a) && Array.isArray(b);
  return isOneType ? shared(features(a), features(b)) : 0;
}

/**
 * Texts are alike as far as they begin and end alike, and those that set the same name to something are quite alike: `pip>=1`,
 * `--level=3`.
 */
function textLikeness(a: string, b: string): number {
  if (setOne(a, b)) return ONE_NAME;
  const [shorter, longer] = [Math.min(a.length, b.length), Math.max(a.length, b.length)];
  let start = 0;
  while (start < shorter && a[start] === b[start]) start++;
  let end = 0;
  while (end < shorter - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  return longer === 0 ? 1 : (start + end) / longer;
}

/** Whether two texts set the same name to something. */
export function setOne(a: string, b: string): boolean {
  const name = SETTING.exec(a)?.[0];
  return name !== undefined && name === SETTING.exec(b)?.[0];
}

const SETTING = /^[^\s=<>~!^]+(?=\s*[=<>~!^])/;
const ONE_NAME = 0.9;

/** Hashes of what a value says where, ascending. */
export type Features = Int32Array;

/** How many parts of a value are looked at, and how many hashes of them are kept: always the same ones, so that sets compare. */
const MOST_PARTS = 4096;
const MOST_FEATURES = 256;

/**
 * The features of an object or list: each scalar with the keys that lead to it, in lists whatever their index, and of longer texts
 * each word. `without`: a key of the outermost object that does not count.
 */
export function featuresOf(value: Json, without?: string): Features {
  const found: number[] = [];
  for (const [key, part] of partsOf(value)) if (key !== without) collect(part, hash(key), found);
  return Int32Array.from(found).sort().slice(0, MOST_FEATURES);
}

function collect(value: Json, path: number, found: number[]): void {
  if (found.length >= MOST_PARTS) return;
  if (isObject(value) || Array.isArray(value)) {
    found.push(path);
    for (const [key, part] of partsOf(value)) collect(part, hash(key, path), found);
  } else if (typeof value === 'string' && value.length > WHOLE) {
    for (const word of value.slice(0, LONGEST).split(/\s+/)) found.push(hash(word, path));
  } else found.push(hash(`${typeof value}${value}`, path));
}

/** Texts up to this length are one feature; beyond the other nothing is looked at. */
const WHOLE = 24;
const LONGEST = 16_384;

/** Keys sorted, so that their order does not matter. */
const partsOf = (value: Json): [string, Json][] =>
  Array.isArray(value) ? value.map((item) => ['*', item]) : isObject(value) ? Object.entries(value).sort(byKey) : [];

const byKey = ([a]: readonly [string, Json], [b]: readonly [string, Json]): number => (a < b ? -1 : a > b ? 1 : 0);

/** FNV-1a. */
function hash(text: string, start = 0x811c9dc5 | 0): number {
  let value = start;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value;
}

/** Twice what both have by what they have together (Dice). */
export function shared(a: Features, b: Features): number {
  let common = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [x, y] = [a[i] ?? 0, b[j] ?? 0];
    if (x === y) common++;
    if (x <= y) i++;
    if (y <= x) j++;
  }
  return a.length + b.length === 0 ? 1 : (2 * common) / (a.length + b.length);
}
