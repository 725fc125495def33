/** What a made request says of things that only stand when it is sent: ids that exist by then, cursors, and numbers that JSON.stringify cannot write. */
import { isObject, type Json } from '../../src/lib/json.ts';

/** An id of the type; the number chooses among those that are there. */
export const idToken = (prefix: string, number: number): string => `«id ${prefix} ${number}»`;
/** A whole bundle that was exported. */
export const bundleToken = (number: number): string => `«bundle ${number}»`;
export const cursorToken = (number: number): string => `«cursor ${number}»`;
/** Text that stands in the body as it is, without quotes. */
export const rawToken = (text: string): string => `«raw ${text}»`;

export interface Known {
  id(prefix: string, number: number): string;
  cursor(number: number): string;
  bundle(number: number): Json;
}

const TOKEN = /^«(id|cursor|bundle) (?:([a-z]+) )?(\d+)»$/;

/** The value with what its tokens stand for by now. */
export function filled(value: Json, known: Known): Json {
  if (typeof value === 'string') return filledText(value, known, (number) => known.bundle(number));
  if (Array.isArray(value)) return value.map((item) => filled(item, known));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, known)]));
}

/** The same for a text; a bundle is none, so it stands for itself unless somebody takes it. */
export function filledText(text: string, known: Known): string;
export function filledText(text: string, known: Known, bundle: (number: number) => Json): Json;
export function filledText(text: string, known: Known, bundle?: (number: number) => Json): Json {
  const [, what, prefix = '', number] = TOKEN.exec(text) ?? [];
  if (what === 'id') return known.id(prefix, Number(number));
  if (what === 'cursor') return known.cursor(Number(number));
  return what === 'bundle' && bundle ? bundle(Number(number)) : text;
}

/** JSON text, with raw tokens written without quotes. */
export const writeJson = (value: Json): string => JSON.stringify(value).replace(/"«raw ([^"»]*)»"/g, '$1');
