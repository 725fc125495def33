import type { Json } from '../../lib/json.ts';
import { mapStrings } from '../../lib/json-walk.ts';

/** The id that stands for the entity of the member at this place (counted from 0): the same on every server. No clock ever made such an id. */
export const standIn = (prefix: string, place: number): string => `${prefix}_${String(place + 1).padStart(26, '0')}`;

/** The document with every string that is one of these ids replaced by what it maps to. Keys and all other text stay. */
export const withIds = <T extends Json>(document: T, ids: ReadonlyMap<string, string>): T =>
  mapStrings(document, (text) => ids.get(text) ?? text) as T;
