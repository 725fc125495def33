import { isObject, type Json } from '../json.ts';
import { sameJson } from '../json-walk.ts';
import { featuresOf, shared } from './likeness.ts';

/** Below this, two items share nothing to speak of. */
const NOTHING_SHARED = 0.1;
/** Items that say less than this may change altogether and still be the same. */
const FEW_FEATURES = 4;

/** Whether an item, but for the key that names it, says so little of what it said before that its name was given to another one. */
export function isReused(before: Json, after: Json, key: string | undefined): boolean {
  if (!isObject(before) || !isObject(after)) return false;
  const isKept = ([name, value]: [string, Json]): boolean =>
    name !== key && Object.hasOwn(after, name) && sameJson(value, after[name] as Json);
  if (Object.entries(before).some(isKept)) return false;
  const [a, b] = [featuresOf(before, key), featuresOf(after, key)];
  return Math.min(a.length, b.length) >= FEW_FEATURES && shared(a, b) < NOTHING_SHARED;
}
