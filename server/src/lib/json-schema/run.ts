import { isObject, type Json, type JsonObject } from '../json.ts';
import { canonicalJson } from '../json-canonical.ts';
import { sameJson } from '../json-walk.ts';
import { must } from '../must.ts';
import { LATE } from './applicators.ts';
import { SCHEMA_CAPS } from './caps.ts';
import { jsonType } from './json-type.ts';
import { KEYWORDS } from './keywords.ts';
import { compilePattern, type Pattern } from './pattern.ts';
import type { Place } from './place.ts';
import { Refs } from './refs.ts';
import { partsOf, type Schema } from './tree.ts';
import { type Validation, Visit } from './visit.ts';

/** The validation takes more steps than `SCHEMA_CAPS.steps`, or nests deeper than `SCHEMA_CAPS.nesting`. */
export class TooCostly extends Error {}

/** What takes about as long as one step: characters looked at, characters × instructions of a pattern, characters of canonical text. */
const TEXT_PER_STEP = 16;
const MATCHING_PER_STEP = 2;
const CANONICAL_PER_STEP = 2;

/** Tells the canonical text of an array from a string that reads the same; no string holds a NUL. */
const CANONICAL = '\0';

/** One validation: what its visits share, and the budget that bounds its time. Work is counted, not milliseconds, so the verdict is the same on a busy machine. */
export class Run implements Validation {
  /** Whether some schema asks for what the other keywords have left over, so that it has to be noted. */
  readonly notes: boolean;
  readonly #refs: Refs;
  readonly #patterns = new Map<string, Pattern>();
  #steps = 0;
  #nesting = 0;

  constructor(root: JsonObject) {
    this.#refs = new Refs(root);
    this.notes = partsOf(root).some(({ value }) => isObject(value) && [...LATE].some((keyword) => Object.hasOwn(value, keyword)));
  }

  /** @throws TooCostly */
  spend(steps: number): void {
    this.#steps += steps;
    if (this.#steps > SCHEMA_CAPS.steps) throw new TooCostly();
  }

  /** @throws TooCostly */
  apply(schema: Schema, value: Json, place: Place): Visit {
    const visit = new Visit(this, isObject(schema) ? schema : {}, value, place);
    this.spend(1);
    if (schema === false) visit.fail('is not allowed');
    if (++this.#nesting > SCHEMA_CAPS.nesting) throw new TooCostly();
    for (const keyword of Object.keys(visit.schema)) if (!LATE.has(keyword)) this.#applyKeyword(keyword, visit);
    if (this.notes) for (const keyword of LATE) if (Object.hasOwn(visit.schema, keyword)) this.#applyKeyword(keyword, visit);
    this.#nesting--;
    return visit;
  }

  #applyKeyword(keyword: string, visit: Visit): void {
    this.spend(1);
    KEYWORDS[jsonType(visit.value)].get(keyword)?.(visit.schema[keyword] as never, visit as Visit<never>);
  }

  resolve(ref: string): Schema {
    return must(this.#refs.resolve(ref), `$ref ${ref} was checked`);
  }

  matches(source: string, text: string): boolean {
    const pattern = this.#patterns.get(source) ?? compilePattern(source);
    this.#patterns.set(source, pattern);
    this.spend((text.length * pattern.size) / MATCHING_PER_STEP);
    return pattern.matches(text);
  }

  spendText(text: string): void {
    this.spend(text.length / TEXT_PER_STEP);
  }

  same(a: Json, b: Json): boolean {
    return sameJson(a, b, (steps) => this.spend(steps));
  }

  /** What equal values have in common and different ones have not: the value itself, or the canonical text of an array or object. */
  identity(value: Json): Json {
    this.spend(1);
    if (typeof value !== 'object' || value === null) return value;
    const text = canonicalJson(value);
    this.spend(text.length / CANONICAL_PER_STEP);
    return `${CANONICAL}${text}`;
  }
}
