import { isObject, type Json } from './json.ts';

/** One step of a pointer, escaped as RFC 6901 wants it. */
const escaped = (segment: string | number): string => String(segment).replaceAll('~', '~0').replaceAll('/', '~1');
const unescaped = (segment: string): string => segment.replaceAll('~1', '/').replaceAll('~0', '~');

/** The JSON pointer (RFC 6901) that leads through these keys and indexes: `pointer('a/b', 0)` is `/a~1b/0`, `pointer()` the whole value. */
export const pointer = (...segments: readonly (string | number)[]): string => segments.map((segment) => `/${escaped(segment)}`).join('');

/** The keys and indexes of a pointer, or null when it is none. */
export function segmentsOf(text: string): string[] | null {
  if (text === '') return [];
  if (!text.startsWith('/') || /~(?![01])/.test(text)) return null;
  return text.slice(1).split('/').map(unescaped);
}

/** What the pointer leads to, or undefined when there is nothing. Sees own properties only. */
export function at(value: Json, text: string): Json | undefined {
  const segments = segmentsOf(text);
  if (segments === null) return undefined;
  return segments.reduce<Json | undefined>(step, value);
}

/** One step of it. */
export function step(value: Json | undefined, segment: string): Json | undefined {
  if (Array.isArray(value)) return /^(0|[1-9]\d*)$/.test(segment) ? value[Number(segment)] : undefined;
  return isObject(value) && Object.hasOwn(value, segment) ? value[segment] : undefined;
}
