import { ANY_APPLICATORS, ARRAY_APPLICATORS, OBJECT_APPLICATORS } from './applicators.ts';
import { ANY_ASSERTIONS, ARRAY_ASSERTIONS, NUMBER_ASSERTIONS, OBJECT_ASSERTIONS, STRING_ASSERTIONS } from './assertions.ts';
import type { JsonType } from './json-type.ts';
import type { Visit } from './visit.ts';

/** What a keyword does with its argument and the value. A checked schema gives every keyword an argument of its form, hence `never`. */
type Keyword = (argument: never, visit: Visit<never>) => void;

const table = (...parts: Record<string, Keyword>[]): ReadonlyMap<string, Keyword> =>
  new Map(parts.flatMap((part) => Object.entries({ ...ANY_ASSERTIONS, ...ANY_APPLICATORS, ...part } as Record<string, Keyword>)));

/** The keywords that say something about values of each type. Others are notes to the reader. */
export const KEYWORDS: Readonly<Record<JsonType, ReadonlyMap<string, Keyword>>> = {
  null: table({}),
  boolean: table({}),
  number: table(NUMBER_ASSERTIONS),
  string: table(STRING_ASSERTIONS),
  array: table(ARRAY_ASSERTIONS, ARRAY_APPLICATORS),
  object: table(OBJECT_ASSERTIONS, OBJECT_APPLICATORS),
};
