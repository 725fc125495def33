import type { Json, JsonObject } from '../json.ts';
import { below, type Place } from './place.ts';
import type { Schema } from './tree.ts';

/** A fault before its place is rendered. */
export interface Finding {
  readonly place: Place;
  readonly message: string;
}

/** What the visits of one validation share. `Run` is the only one; keywords know it by this, since it knows the keywords. */
export interface Validation {
  /** Whether visits note what they have seen. */
  readonly notes: boolean;
  /** Each throws TooCostly when the budget is used up. */
  spend(steps: number): void;
  spendText(text: string): void;
  apply(schema: Schema, value: Json, place: Place): Visit;
  resolve(ref: string): Schema;
  matches(source: string, text: string): boolean;
  same(a: Json, b: Json): boolean;
  identity(value: Json): Json;
}

/** A schema object meeting a value at a place, and what came of it. */
export class Visit<V extends Json = Json> {
  readonly run: Validation;
  readonly schema: JsonObject;
  readonly value: V;
  readonly place: Place;
  readonly findings: Finding[] = [];
  /** Names and indexes that a keyword has looked at: the others are what `unevaluatedProperties` and `unevaluatedItems` are about. */
  readonly seen: Set<string | number> | null;

  constructor(run: Validation, schema: JsonObject, value: V, place: Place) {
    this.run = run;
    this.schema = schema;
    this.value = value;
    this.place = place;
    this.seen = run.notes ? new Set() : null;
  }

  fail(message: string, place: Place = this.place): void {
    this.run.spend(1);
    this.findings.push({ place, message });
  }

  /** How the same value fares with another schema. Counts only when it is adopted. */
  try(schema: Schema): Visit {
    return this.run.apply(schema, this.value, this.place);
  }

  adopt(other: Visit): void {
    for (const finding of other.findings) this.findings.push(finding);
    this.run.spend(other.findings.length + (other.seen?.size ?? 0));
    for (const segment of other.seen ?? []) this.seen?.add(segment);
  }

  /** A property or item has to fit the schema. */
  within(schema: Schema, segment: string | number, value: Json): void {
    this.seen?.add(segment);
    for (const finding of this.run.apply(schema, value, below(this.place, segment)).findings) this.findings.push(finding);
  }
}
