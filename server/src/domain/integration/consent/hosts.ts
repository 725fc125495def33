import { isObject, type Json } from '../../../lib/json.ts';
import { segmentsOf } from '../../../lib/json-pointer.ts';
import { eachString } from '../../../lib/json-walk.ts';
import { must } from '../../../lib/must.ts';

/** Where a definition goes to, as its kind says: `pointers` lead to URLs, `*` being every item or property. Each host once. Pure. */
export function hostsIn(definition: Json, pointers: readonly string[]): readonly string[] {
  const hosts = new Set<string>();
  for (const pointer of pointers) {
    const segments = must(segmentsOf(pointer), 'the pointers of kinds are checked at start');
    for (const place of segments.reduce<readonly Json[]>(stepInto, [definition])) eachString(place, (text) => hosts.add(hostOf(text)));
  }
  return [...hosts];
}

function stepInto(places: readonly Json[], segment: string): Json[] {
  return places.flatMap((place) => {
    if (segment === '*') return Array.isArray(place) ? place : isObject(place) ? Object.values(place) : [];
    if (Array.isArray(place)) return /^(0|[1-9]\d*)$/.test(segment) ? place.slice(Number(segment), Number(segment) + 1) : [];
    return isObject(place) && Object.hasOwn(place, segment) ? [place[segment] as Json] : [];
  });
}

/** Scheme, host and port. What is no such URL, or is one only when something was put in, counts as it is written. */
export function hostOf(text: string): string {
  if (/[{}]/.test(text) || !URL.canParse(text)) return text;
  const { protocol, host } = new URL(text);
  return host === '' ? text : `${protocol}//${host}`;
}
