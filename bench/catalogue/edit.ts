/** Edits as a workspace might make them: any value, key, item or line of a definition. References are left alone. */
import type { Json, JsonObject } from '@mortise/sdk/resources';
import type { Random } from '../random.ts';
import type { Change } from './changes.ts';
import { identityOf, isObject, nameOf, overlap, type Path, partOf, valueAt, withValue } from './paths.ts';

export interface Edit {
  readonly path: Path;
  /** What stands there since; undefined: nothing. */
  readonly value: Json | undefined;
  /** The one line that was changed, where the rest of the text is not part of the edit. */
  readonly line?: string;
  /** The words or items that are part of it, and the items that are gone, where the rest of the text or list is not. */
  readonly brought?: readonly string[];
  readonly gone?: readonly Json[];
}

const REFERENCE = /"[a-z]{3}_[0-9a-z]{26}"/;
const hasReference = (value: Json | undefined): boolean => value !== undefined && REFERENCE.test(JSON.stringify(value));

export const withEdit = (definition: JsonObject, { path, value }: Edit): JsonObject => withValue(definition, path, value) as JsonObject;

/** An edit at a random place that none of the changes touches. `mark` tells it from every other edit of the definition. */
export function editElsewhere(definition: JsonObject, changes: readonly Change[], mark: string, random: Random): Edit {
  const isFree = ({ path }: Edit): boolean => !changes.some((change) => overlap(change.path, path));
  const kinds = possibleEdits(definition, mark, random).map((edits) => edits.filter(isFree));
  return pickedOf(kinds, random) ?? { path: [`edited ${mark}`], value: mark };
}

/** An edit at a place that one of the changes touches: another value, none, or the very value that the change brings. */
export function editContested(definition: JsonObject, changes: readonly Change[], mark: string, random: Random): Edit | null {
  return pickedOf([changes.flatMap((change) => pickedOf(editsAt(definition, change, mark, random), random) ?? [])], random);
}

/** One kind of edit, then one edit of that kind; null when there is none. */
function pickedOf(kinds: readonly (readonly Edit[])[], random: Random): Edit | null {
  const possible = kinds.filter(({ length }) => length > 0);
  const edits = possible[Math.floor(random() * possible.length)] ?? [];
  return edits[Math.floor(random() * edits.length)] ?? null;
}

/** By kind: values changed, keys and items deleted, keys added, items added. */
function possibleEdits(definition: JsonObject, mark: string, random: Random): Edit[][] {
  const places = [...placesIn(definition, [])];
  const editable = places.filter(({ path, value }) => path.length > 0 && !isIdentity(path) && !hasReference(value));
  return [
    editable.flatMap(({ path, value }) => changeOf(path, value, mark, random) ?? []),
    editable.map(({ path }) => ({ path, value: undefined })),
    places.flatMap(({ path, value }) => (isObject(value) ? [{ path: [...path, `edited ${mark}`], value: mark }] : [])),
    editable.flatMap(({ path, value }) => newItem(path, value, mark) ?? []),
  ];
}

function editsAt(definition: JsonObject, { path, after }: Change, mark: string, random: Random): Edit[][] {
  const value = valueAt(definition, path);
  if (value === undefined) return after === undefined ? [] : [[additionAt(definition, path, mark)]];
  if (path.length === 0 || isIdentity(path)) return [];
  const inside = hasReference(value) ? [] : [...placesIn(value, path)].filter((each) => !isIdentity(each.path));
  return [
    inside.flatMap((each) => changeOf(each.path, each.value, mark, random) ?? []),
    hasReference(value) ? [] : [{ path, value: undefined }],
    hasReference(after) ? [] : [{ path, value: after }],
  ];
}

interface Place {
  readonly path: Path;
  readonly value: Json;
}

function* placesIn(value: Json, path: Path): Generator<Place> {
  yield { path, value };
  if (isObject(value)) for (const [key, part] of Object.entries(value)) yield* placesIn(part, [...path, key]);
  const by = Array.isArray(value) ? identityOf(value) : null;
  if (!Array.isArray(value) || by === null) return;
  for (const item of value) yield* placesIn(item, [...path, { by, is: nameOf(item, by) ?? '' }]);
}

/** Whether it is the place of an item's name: another one there would make it another item. */
function isIdentity(path: Path): boolean {
  const [item, key] = path.slice(-2);
  return typeof item === 'object' && item.by === key;
}

/** Another value at a place; null where there is a whole of parts, which are places of their own. */
function changeOf(path: Path, value: Json, mark: string, random: Random): Edit | null {
  if (typeof value === 'string')
    return value.includes('\n') ? lineChanged(path, value, mark, random) : { path, value: `${value} (${mark})` };
  if (typeof value === 'number') return { path, value: value + 1 + Math.floor(random() * 1000) };
  if (typeof value === 'boolean' || value === null) return { path, value: value === null ? mark : !value };
  if (!Array.isArray(value) || (value.length > 0 && identityOf(value) !== null)) return null;
  return { path, value: random() < 0.5 && value.length > 0 ? value.slice(1) : [...value, mark] };
}

function lineChanged(path: Path, text: string, mark: string, random: Random): Edit {
  const lines = text.split('\n');
  const chosen = Math.floor(random() * lines.length);
  const line = `${lines[chosen]} (${mark})`;
  return { path, value: lines.with(chosen, line).join('\n'), line };
}

/** An item like the last one under a name of its own. */
function newItem(path: Path, value: Json, mark: string): Edit | null {
  const last = Array.isArray(value) ? value.at(-1) : undefined;
  const by = Array.isArray(value) && last !== undefined ? identityOf(value) : null;
  if (by === null || !isObject(last ?? null)) return null;
  const is = `edited ${mark}`;
  return { path: [...path, { by, is }], value: { ...(last as JsonObject), [by]: is } };
}

/** Something at a place that is not there yet, or at the outermost missing place around it. */
function additionAt(definition: JsonObject, path: Path, mark: string): Edit {
  const length = path.findIndex((step, index) => partOf(valueAt(definition, path.slice(0, index)), step) === undefined) + 1;
  const place = path.slice(0, length);
  const step = place.at(-1);
  return { path: place, value: typeof step === 'object' ? { [step.by]: step.is, edited: mark } : mark };
}
