import type { Json, JsonObject } from '../json.ts';
import { FORMATS } from './formats.ts';
import { hasType } from './json-type.ts';
import { isMultipleOf } from './multiple.ts';
import { below } from './place.ts';
import type { Visit } from './visit.ts';
import { counted, excerpt, listed, named, shown } from './wording.ts';

/** What a test of a format, and one of decimals with exponents far apart, take at most beside looking at the text. */
const FORMAT_STEPS = 10;
const MULTIPLE_STEPS = 30;

/** The keywords of JSON Schema's validation vocabulary, by the type of value they are about. Messages follow the place in a sentence. */
export const ANY_ASSERTIONS = {
  type(types: string | string[], visit: Visit): void {
    const allowed = [types].flat();
    if (!allowed.some((type) => hasType(visit.value, type))) visit.fail(`must be ${allowed.map(named).join(' or ')}`);
  },
  enum(values: Json[], visit: Visit): void {
    if (!values.some((value) => visit.run.same(value, visit.value)))
      visit.fail(`must be ${values.length === 1 ? '' : 'one of '}${listed(values)}`);
  },
  const(value: Json, visit: Visit): void {
    if (!visit.run.same(value, visit.value)) visit.fail(`must be ${shown(value)}`);
  },
};

export const STRING_ASSERTIONS = {
  minLength(least: number, visit: Visit<string>): void {
    if (lengthOf(visit) < least) visit.fail(`must be at least ${counted(least, 'character')}`);
  },
  maxLength(most: number, visit: Visit<string>): void {
    if (lengthOf(visit) > most) visit.fail(`must be at most ${counted(most, 'character')}`);
  },
  pattern(source: string, visit: Visit<string>): void {
    if (!visit.run.matches(source, visit.value)) visit.fail(`must match the pattern ${excerpt(source)}`);
  },
  format(name: string, visit: Visit<string>): void {
    visit.run.spendText(visit.value);
    visit.run.spend(FORMAT_STEPS);
    if (FORMATS.get(name)?.(visit.value) === false) visit.fail(`must be ${named(name)}`);
  },
};

export const NUMBER_ASSERTIONS = {
  minimum(least: number, visit: Visit<number>): void {
    if (visit.value < least) visit.fail(`must be at least ${least}`);
  },
  maximum(most: number, visit: Visit<number>): void {
    if (visit.value > most) visit.fail(`must be at most ${most}`);
  },
  exclusiveMinimum(bound: number, visit: Visit<number>): void {
    if (visit.value <= bound) visit.fail(`must be greater than ${bound}`);
  },
  exclusiveMaximum(bound: number, visit: Visit<number>): void {
    if (visit.value >= bound) visit.fail(`must be less than ${bound}`);
  },
  multipleOf(divisor: number, visit: Visit<number>): void {
    visit.run.spend(MULTIPLE_STEPS);
    if (!isMultipleOf(visit.value, divisor)) visit.fail(`must be a multiple of ${divisor}`);
  },
};

export const ARRAY_ASSERTIONS = {
  minItems(least: number, visit: Visit<Json[]>): void {
    if (visit.value.length < least) visit.fail(`must have at least ${counted(least, 'item')}`);
  },
  maxItems(most: number, visit: Visit<Json[]>): void {
    if (visit.value.length > most) visit.fail(`must have at most ${counted(most, 'item')}`);
  },
  uniqueItems(wanted: boolean, visit: Visit<Json[]>): void {
    if (!wanted) return;
    const first = new Map<Json, number>();
    const repeated = visit.value.findIndex((item, i) => {
      const identity = visit.run.identity(item);
      if (first.has(identity)) return true;
      first.set(identity, i);
      return false;
    });
    if (repeated >= 0) visit.fail(`must not have equal items; item ${repeated} was there before`);
  },
};

export const OBJECT_ASSERTIONS = {
  minProperties(least: number, visit: Visit<JsonObject>): void {
    if (Object.keys(visit.value).length < least) visit.fail(`must have at least ${counted(least, 'property')}`);
  },
  maxProperties(most: number, visit: Visit<JsonObject>): void {
    if (Object.keys(visit.value).length > most) visit.fail(`must have at most ${counted(most, 'property')}`);
  },
  required(names: string[], visit: Visit<JsonObject>): void {
    visit.run.spend(names.length);
    for (const name of names) if (!Object.hasOwn(visit.value, name)) visit.fail('is required', below(visit.place, name));
  },
  dependentRequired(namesBy: Record<string, string[]>, visit: Visit<JsonObject>): void {
    for (const [present, names] of Object.entries(namesBy)) {
      visit.run.spend(1 + names.length);
      if (!Object.hasOwn(visit.value, present)) continue;
      for (const name of names)
        if (!Object.hasOwn(visit.value, name)) visit.fail(`is required beside ${excerpt(present)}`, below(visit.place, name));
    }
  },
};

/** Characters as people count them, not UTF-16 units: a smiley is one. */
function lengthOf({ value, run }: Visit<string>): number {
  run.spendText(value);
  let length = 0;
  for (const _character of value) length++;
  return length;
}
