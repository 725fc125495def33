import { isObject, type Json, type JsonObject } from '../json.ts';
import { at } from '../json-pointer.ts';
import { isSchema, type Schema, subschemas } from './tree.ts';

/** Resolves the `$ref`s of one schema, within it and nowhere else: nothing is ever fetched. */
export class Refs {
  readonly #root: JsonObject;
  readonly #resolved = new Map<string, Schema | null>();
  #anchors: ReadonlyMap<string, Schema> | null = null;

  constructor(root: JsonObject) {
    this.#root = root;
  }

  /** The schema that `#`, `#/…` or `#anchor` names; null when there is none, or the reference leads out of the schema. */
  resolve(ref: string): Schema | null {
    const known = this.#resolved.get(ref);
    if (known !== undefined) return known;
    const found = this.#find(ref);
    this.#resolved.set(ref, found);
    return found;
  }

  #find(ref: string): Schema | null {
    const fragment = fragmentOf(ref);
    if (fragment === null) return null;
    if (fragment !== '' && !fragment.startsWith('/')) return this.#anchor(fragment);
    const found = at(this.#root, fragment);
    return isSchema(found) ? found : null;
  }

  #anchor(name: string): Schema | null {
    this.#anchors ??= new Map(anchorsIn(this.#root));
    return this.#anchors.get(name) ?? null;
  }
}

function fragmentOf(ref: string): string | null {
  if (!ref.startsWith('#')) return null;
  try {
    return decodeURIComponent(ref.slice(1));
  } catch {
    return null;
  }
}

/** Every anchor below a schema, with the schema that bears it. */
export function* anchorsIn(schema: Json): Generator<[name: string, schema: Schema]> {
  if (!isObject(schema)) return;
  if (typeof schema.$anchor === 'string') yield [schema.$anchor, schema];
  for (const { value } of subschemas(schema)) yield* anchorsIn(value);
}
