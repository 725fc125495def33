/** The model's definitions: flat objects, so that what rendering, merging and undoing should give can be said key by key. */
import type { Json } from '../../src/lib/json.ts';

export type Doc = Readonly<Record<string, Json>>;
export type Variables = Readonly<Record<string, Json>>;

/** Equal whatever the order of keys. */
export const sameDoc = (a: Doc, b: Doc): boolean => sorted(a) === sorted(b);
const sorted = (doc: Doc): string => JSON.stringify(Object.entries(doc).sort(([a], [b]) => (a < b ? -1 : 1)));

export const mentions = (doc: Doc, id: string): boolean => JSON.stringify(doc).includes(id);

/** The document with another value at a key; undefined: without it. */
export function withKey(doc: Doc, key: string, value: Json | undefined): Doc {
  const { [key]: _, ...others } = doc;
  return value === undefined ? others : { ...others, [key]: value };
}

/** A rendering by search and replace in the text. */
export function rendered(doc: Doc, ids: ReadonlyMap<string, string>, variables: Variables): Doc {
  let text = JSON.stringify(doc);
  for (const [source, clone] of ids) text = text.replaceAll(`"${source}"`, `"${clone}"`);
  for (const name of VARIABLES) {
    const value = variables[name] ?? null;
    text = text.replaceAll(`"{{ variables.${name} }}"`, JSON.stringify(value));
    text = text.replaceAll(`{{ variables.${name} }}`, value === null ? '' : String(value));
  }
  return JSON.parse(text) as Doc;
}

export const VARIABLES = ['tone', 'size', 'mood'] as const;
export type VariableName = (typeof VARIABLES)[number];

export interface KeyConflict {
  readonly pointer: string;
  readonly base: Json | undefined;
  readonly ours: Json | undefined;
  readonly theirs: Json | undefined;
}

/** Where only one side differs from the base it counts; where both do in different ways, it is a conflict, and `pick` says what stands there. */
export function merged(base: Doc, ours: Doc, theirs: Doc, pick: (conflict: KeyConflict) => Json | undefined) {
  let doc: Doc = {};
  const conflicts: KeyConflict[] = [];
  for (const key of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
    const [b, o, t] = [base[key], ours[key], theirs[key]];
    const conflict = { pointer: `/${key}`, base: b, ours: o, theirs: t };
    const clash = b !== o && b !== t && o !== t;
    if (clash) conflicts.push(conflict);
    doc = withKey(doc, key, clash ? pick(conflict) : b === o ? t : o);
  }
  return { doc, conflicts };
}

/**
 * Where the next merge starts from while conflicts are open: what theirs has, but what both came from at each of these keys. Null when
 * none is.
 */
export function openBase(base: Doc, ours: Doc, theirs: Doc): Doc | null {
  const open = merged(base, ours, theirs, (conflict) => conflict.ours).conflicts.map(({ pointer }) => pointer.slice(1));
  return open.length === 0 ? null : open.reduce<Doc>((doc, key) => withKey(doc, key, base[key]), theirs);
}
