import { isObject, type Json, type JsonObject } from '../json.ts';
import { segmentsOf } from '../json-pointer.ts';
import { Refs } from './refs.ts';
import type { Schema } from './tree.ts';

/** An object that values are filled into: the schemas that declare its properties, and what it is when nobody gives it. */
interface Place {
  readonly schemas: readonly JsonObject[];
  readonly value: Json | undefined;
}

/** What is filled in where nobody gives a value: `given` in the whole, then the schema's own defaults as `withDefaults` takes them. Pure. */
export class Fillings {
  readonly #refs: Refs;
  readonly #places = new Map<string, Place | null>();

  constructor(root: JsonObject, refs: Refs, given: JsonObject) {
    this.#refs = refs;
    this.#places.set('', { schemas: this.#chain(root), value: given });
  }

  /**
   * Which ways the property of the object at a pointer is left without a value: `bare` has no default of its own, `forgotten` is missing in
   * the default of the object around it. Null where no default ever gets: in items, further properties and conditions.
   */
  gapsOf(at: string, name: string): ReadonlySet<'bare' | 'forgotten'> | null {
    const around = this.#placeAt(at);
    if (around === null) return null;
    const own = this.#property(around, name);
    const [isGiven, isTop] = [holds(around.value, name), at === ''];
    const bare = !own.some((each) => Object.hasOwn(each, 'default')) && !(isTop && isGiven);
    return new Set([
      ...(bare ? (['bare'] as const) : []),
      ...(!isTop && isObject(around.value) && !isGiven ? (['forgotten'] as const) : []),
    ]);
  }

  /** Through properties alone; null where something else is on the way. */
  #placeAt(at: string): Place | null {
    const known = this.#places.get(at);
    if (known !== undefined) return known;
    const cut = at.lastIndexOf('/');
    const around = this.#placeAt(at.slice(0, cut));
    const [name = ''] = segmentsOf(at.slice(cut)) ?? [];
    const place = around === null ? null : this.#below(around, name);
    this.#places.set(at, place);
    return place;
  }

  #below(around: Place, name: string): Place | null {
    const schemas = this.#property(around, name);
    if (schemas.length === 0) return null;
    const value = holds(around.value, name) ? around.value[name] : schemas.find((each) => Object.hasOwn(each, 'default'))?.default;
    return { schemas, value };
  }

  /** The property by its first declaration, as completion takes it. */
  #property({ schemas }: Place, name: string): readonly JsonObject[] {
    for (const { properties } of schemas)
      if (isObject(properties) && Object.hasOwn(properties, name)) return this.#chain(properties[name] as Schema);
    return [];
  }

  /** The schema, what it refers to, what that refers to …, each once. */
  #chain(schema: Schema): readonly JsonObject[] {
    const chain = new Set<JsonObject>();
    for (let each: Schema | null = schema; isObject(each) && !chain.has(each); ) {
      chain.add(each);
      each = typeof each.$ref === 'string' ? this.#refs.resolve(each.$ref) : null;
    }
    return [...chain];
  }
}

/** Tells of a property of the whole value whether it is filled in when nobody gives it. Pure. */
export function filled(root: JsonObject, given: JsonObject): (name: string) => boolean {
  const fillings = new Fillings(root, new Refs(root), given);
  return (name) => fillings.gapsOf('', name)?.size === 0;
}

const holds = (value: Json | undefined, name: string): value is JsonObject => isObject(value) && Object.hasOwn(value, name);
