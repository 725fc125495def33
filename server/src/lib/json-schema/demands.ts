import { isObject, type Json, type JsonObject } from '../json.ts';
import { canonicalJson } from '../json-canonical.ts';
import { pointer } from '../json-pointer.ts';
import { Fillings } from './fillings.ts';
import { Refs } from './refs.ts';
import { isSchema, type Schema, subschemas } from './tree.ts';

/** What a schema wants a value to have, wherever it says so. */
export interface Demands {
  /** Where something has to be, as `/a/b`; `/*` is every item or further property. */
  readonly always: ReadonlySet<string>;
  /** The same in some case or other (`anyOf`, `if`, `not` …): the condition as it is written → where. */
  readonly sometimes: ReadonlyMap<string, ReadonlySet<string>>;
  /** False: the schema is too intricate to be followed to its end. */
  readonly complete: boolean;
}

/** Parts of the schema looked at, demands found, and characters of conditions kept, at most. */
const MAX_PARTS = 6_000;
const MAX_DEMANDS = 30_000;
const MAX_TEXT = 1_000_000;

/** A demand that no default meets any more is another one: none of its own, or none in the default of the object around it. */
const WAYS = { bare: ' (no default)', forgotten: ' (not in the default around it)' } as const;

/** Collects what the schema demands, at any depth. `given`: what values are completed with before the schema's defaults. Pure. */
export function demandsOf(schema: JsonObject, given: JsonObject = {}): Demands {
  return new Collection(schema, given).collect();
}

/** Whether `to` demands something that `from` does not: where. Null when it cannot be told. Pure. */
export function newDemands(from: Demands, to: Demands): readonly string[] | null {
  if (!to.complete || !from.complete) return null;
  const known = (condition: string, place: string) => from.always.has(place) || (from.sometimes.get(condition)?.has(place) ?? false);
  const always = [...to.always].filter((place) => !from.always.has(place));
  const sometimes = [...to.sometimes].flatMap(([condition, places]) => [...places].filter((place) => !known(condition, place)));
  return [...new Set([...always, ...sometimes].map(withoutWay))];
}

const withoutWay = (place: string): string =>
  Object.values(WAYS).reduce((name, way) => (name.endsWith(way) ? name.slice(0, -way.length) : name), place);

/** A part of the schema at a place of the value. */
interface Stop {
  readonly schema: Schema;
  readonly at: string;
  /** The outermost condition that it stands under; null: it always holds. */
  readonly condition: string | null;
  /** Whether breaking it may be what is wanted, as below `not`: then naming a property may demand it. */
  readonly reversed: boolean;
  readonly up: Stop | null;
}

/** Keywords that hold in some cases only. */
const CONDITIONS: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'not', 'if', 'then', 'else', 'dependentSchemas', 'contains']);
/** Those below which a value may have to break a schema. */
const REVERSING: ReadonlySet<string> = new Set(['oneOf', 'not', 'if', 'contains']);
/** Notes to the reader, which decide nothing. */
const NOTES: ReadonlySet<string> = new Set([
  'title',
  'description',
  'default',
  'examples',
  '$comment',
  'deprecated',
  'readOnly',
  'writeOnly',
]);

class Collection {
  readonly #root: JsonObject;
  readonly #refs: Refs;
  readonly #fillings: Fillings;
  readonly #always = new Set<string>();
  readonly #sometimes = new Map<string, Set<string>>();
  /** Condition of each schema that has some, so that it is written once. */
  readonly #conditions = new Map<JsonObject, string>();
  #parts = 0;
  #demands = 0;
  #text = 0;

  constructor(root: JsonObject, given: JsonObject) {
    this.#root = root;
    this.#refs = new Refs(root);
    this.#fillings = new Fillings(root, this.#refs, given);
  }

  collect(): Demands {
    const open: Stop[] = [{ schema: this.#root, at: '', condition: null, reversed: false, up: null }];
    for (let stop = open.pop(); stop !== undefined && this.#within(); stop = open.pop()) {
      if (!isObject(stop.schema) || isCircle(stop)) continue;
      this.#own(stop, stop.schema);
      open.push(...this.#below(stop, stop.schema));
    }
    return { always: this.#always, sometimes: this.#sometimes, complete: this.#within() };
  }

  #within(): boolean {
    return this.#parts <= MAX_PARTS && this.#demands <= MAX_DEMANDS && this.#text <= MAX_TEXT;
  }

  /** What the part itself demands. */
  #own(stop: Stop, schema: JsonObject): void {
    for (const name of namesIn(schema.required)) this.#wants(stop, schema, name);
    if (isObject(schema.dependentRequired))
      for (const [name, wanted] of Object.entries(schema.dependentRequired))
        for (const each of namesIn(wanted)) this.#wants({ ...stop, condition: stop.condition ?? `with ${name}` }, schema, each);
    for (const what of ['minProperties', 'minItems'] as const)
      for (const number of upTo(schema[what])) this.#add(stop, `/(at least ${number})`);
    for (const value of [schema.const, ...(Array.isArray(schema.enum) ? schema.enum : [])])
      if (isObject(value)) for (const name of Object.keys(value)) this.#add(this.#under(stop, schema, 'enum'), pointer(name));
    if (stop.reversed) for (const name of namedIn(schema)) this.#add(stop, name);
  }

  /** A property that has to be there, and what does not fill it in. */
  #wants(stop: Stop, schema: JsonObject, name: string): void {
    this.#add(stop, pointer(name));
    // Where no default gets, one that stands beside the demand still tells people what to give.
    const gaps = this.#fillings.gapsOf(stop.at, name) ?? (hasDefault(schema, name) ? [] : (['bare'] as const));
    for (const gap of gaps) this.#add(stop, pointer(name) + WAYS[gap]);
  }

  #add({ at, condition }: Stop, below: string): void {
    this.#demands += 1;
    if (condition === null) this.#always.add(at + below);
    else this.#sometimes.set(condition, (this.#sometimes.get(condition) ?? new Set()).add(at + below));
  }

  /** The schemas that the part applies, to the same value or below it. */
  *#below(stop: Stop, schema: JsonObject): Generator<Stop> {
    for (const { segments, value } of subschemas(schema)) {
      const [keyword = '', name = ''] = segments;
      const step = stepOf(String(keyword), name);
      this.#parts += 1;
      if (step !== null && isSchema(value))
        yield { ...this.#under(stop, schema, String(keyword)), schema: value, at: stop.at + step, up: stop };
    }
    const target = typeof schema.$ref === 'string' ? this.#refs.resolve(schema.$ref) : null;
    if (target !== null) yield { ...stop, schema: target, up: stop };
  }

  #under(stop: Stop, schema: JsonObject, keyword: string): Stop {
    const conditional = CONDITIONS.has(keyword) || (keyword === 'enum' && Array.isArray(schema.enum));
    const condition = stop.condition ?? (conditional ? this.#conditionOf(schema) : null);
    return { ...stop, condition, reversed: stop.reversed || REVERSING.has(keyword) };
  }

  /** All conditions of a schema as one text, with what they refer to: any change of them may change what is demanded when. */
  #conditionOf(schema: JsonObject): string {
    const known = this.#conditions.get(schema);
    if (known !== undefined) return known;
    const written = Object.entries(schema).filter(
      ([keyword]) => CONDITIONS.has(keyword) || keyword === 'enum' || keyword === 'minContains',
    );
    const text = this.#written(Object.fromEntries(written));
    this.#conditions.set(schema, text);
    return text;
  }

  #written(schema: JsonObject): string {
    const seen = new Set<Json>([schema]);
    const texts: string[] = [];
    for (const part of seen) {
      const text = canonicalJson(withoutNotes(part));
      texts.push(text);
      this.#text += text.length;
      if (!this.#within()) break;
      for (const ref of refsIn(part)) seen.add(this.#refs.resolve(ref) ?? false);
    }
    return texts.join('\n');
  }
}

const namesIn = (value: Json | undefined): string[] =>
  Array.isArray(value) ? value.filter((name): name is string => typeof name === 'string') : [];

function hasDefault({ properties }: JsonObject, name: string): boolean {
  const property = isObject(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
  return isObject(property) && Object.hasOwn(property, 'default');
}

/** 1 to the number, which is no demand of another kind beyond a hundred. */
const upTo = (value: Json | undefined): number[] =>
  typeof value === 'number' ? Array.from({ length: Math.max(0, Math.min(Math.ceil(value), 100)) }, (_, index) => index + 1) : [];

/** The properties that a schema speaks of. */
function namedIn(schema: JsonObject): string[] {
  const names = isObject(schema.properties) ? Object.keys(schema.properties).map((name) => pointer(name)) : [];
  const others = [
    'patternProperties',
    'additionalProperties',
    'unevaluatedProperties',
    'propertyNames',
    'maxProperties',
    'items',
    'maxItems',
  ];
  return others.some((keyword) => Object.hasOwn(schema, keyword)) ? [...names, '/*'] : names;
}

/** Where a keyword's schema applies, seen from the schema around it; null: not to a value. */
function stepOf(keyword: string, name: string | number): string | null {
  if (keyword === 'properties' || keyword === 'prefixItems') return pointer(name);
  if (keyword === '$defs' || keyword === 'definitions' || keyword === 'propertyNames' || keyword === 'contentSchema') return null;
  return IN_PLACE.has(keyword) ? '' : '/*';
}

const IN_PLACE: ReadonlySet<string> = new Set(['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else', 'dependentSchemas']);

/** A schema within itself says there what it said before. */
function isCircle({ schema, up }: Stop): boolean {
  for (let above = up; above !== null; above = above.up) if (above.schema === schema) return true;
  return false;
}

/** A property may be called as a note is: only what stands where a schema does is left out. */
function withoutNotes(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNotes);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, item]) => !NOTES.has(key) || isObject(item))
      .map(([key, item]) => [key, withoutNotes(item)]),
  );
}

function* refsIn(value: Json): Generator<string> {
  if (Array.isArray(value)) for (const item of value) yield* refsIn(item);
  else if (isObject(value))
    for (const [key, item] of Object.entries(value)) {
      if (key === '$ref' && typeof item === 'string') yield item;
      yield* refsIn(item);
    }
}
