import { Problem } from '../errors.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import { SCHEMA_CAPS } from './caps.ts';
import { Refs } from './refs.ts';
import type { Schema } from './tree.ts';

/**
 * The value with the `default`s of a checked schema in place of properties that it lacks, in itself and in the objects below it that
 * `properties` declares; through `$ref` too. Defaults are taken as they are, and no object is made up to hold them. Pure.
 *
 * @throws Problem `invalid_body` when that would take more than `SCHEMA_CAPS.completion`
 */
export function withDefaults(schema: JsonObject, value: JsonObject): JsonObject {
  return new Completion(schema).complete(schema, value);
}

class Completion {
  readonly #refs: Refs;
  #spent = 0;

  constructor(root: JsonObject) {
    this.#refs = new Refs(root);
  }

  complete(schema: Schema, value: JsonObject): JsonObject {
    const entries = new Map(Object.entries(value));
    for (const [name, property] of this.#declared(schema)) {
      const completed = this.#property(property, entries.get(name));
      if (completed !== undefined) entries.set(name, completed);
    }
    return Object.fromEntries(entries);
  }

  /** Each property once, by its first declaration: completing it twice would double the work at every level. */
  #declared(schema: Schema): ReadonlyMap<string, Schema> {
    const declared = new Map<string, Schema>();
    for (const { properties = {} } of this.#chain(schema))
      for (const [name, property] of Object.entries(properties as Record<string, Schema>)) {
        this.#spend(1);
        if (!declared.has(name)) declared.set(name, property);
      }
    return declared;
  }

  #property(schema: Schema, value: Json | undefined): Json | undefined {
    if (value !== undefined) return isObject(value) ? this.complete(schema, value) : value;
    const found = this.#chain(schema).find((each) => Object.hasOwn(each, 'default'))?.default;
    if (found !== undefined) this.#spend(JSON.stringify(found).length);
    return found;
  }

  /** The schema, what it refers to, what that refers to … A checked schema has no circles here. */
  #chain(schema: Schema): JsonObject[] {
    this.#spend(1);
    if (!isObject(schema)) return [];
    const target = typeof schema.$ref === 'string' ? this.#refs.resolve(schema.$ref) : null;
    return target === null ? [schema] : [schema, ...this.#chain(target)];
  }

  /** Small bodies and schemas can ask for gigabytes: a long default for each of many objects. */
  #spend(characters: number): void {
    this.#spent += characters;
    if (this.#spent > SCHEMA_CAPS.completion)
      throw new Problem('invalid_body', 'Completing the value with the defaults of its schema makes it too large; give fewer objects.');
  }
}
