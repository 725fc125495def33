/** The publisher's side of the model: a draft that changes at random places, and the versions published of it. */
import type { Json } from '../../src/lib/json.ts';
import { type Doc, type VariableName, withKey } from './documents.ts';

/** What the publisher has: functions, which are members when declared, and schemas, which also come along when they are referred to. */
export const FUNCTIONS = ['a', 'b', 'c', 'd'] as const;
export const SCHEMAS = ['s', 't'] as const;
export const THINGS = [...FUNCTIONS, ...SCHEMAS] as const;
export type Thing = (typeof THINGS)[number];
export const isSchema = (thing: Thing): boolean => (SCHEMAS as readonly Thing[]).includes(thing);

export const kindOf = (thing: Thing): string => (isSchema(thing) ? 'schema' : 'function');

/** Slugs go round: a member may take one that another had. */
export const SLUGS = ['one', 'two', 'three', 'four', 'five'] as const;

export interface Declared {
  readonly thing: Thing;
  readonly slug: string;
  /** Its slug in the version before, if it was in it. */
  readonly publishedAs: string | null;
  readonly fork: boolean;
  readonly required: boolean;
  readonly byDefault: boolean;
  readonly needs: readonly Thing[];
}

export interface Draft {
  readonly declared: readonly Declared[];
  readonly docs: Readonly<Record<Thing, Doc>>;
  readonly variables: Readonly<Partial<Record<VariableName, 'optional' | 'required'>>>;
}

/** Three members: two clones, one of which refers to the other and to a schema, and a reference. */
export function firstDraft(sources: Readonly<Record<Thing, string>>): Draft {
  const about = { publishedAs: null, byDefault: true, required: false, needs: [] };
  const plain = { p: 0 };
  return {
    declared: [
      { ...about, thing: 'a', slug: 'one', fork: true },
      { ...about, thing: 'b', slug: 'two', fork: true },
      { ...about, thing: 'c', slug: 'three', fork: false },
    ],
    docs: {
      a: { p: 0, v_tone: '{{ variables.tone }}' },
      b: { p: 0, q: 0, to_a: sources.a, to_s: sources.s },
      c: plain,
      d: { p: 0, says_tone: 'so {{ variables.tone }}!' },
      s: plain,
      t: plain,
    },
    variables: { tone: 'optional' },
  };
}

export interface VersionMember extends Omit<Declared, 'publishedAs'> {
  readonly closure: boolean;
  /** Slugs that it had before. */
  readonly formerSlugs: readonly string[];
  /** The publisher's entity, and the version of it that is pinned. */
  readonly source: string;
  readonly pin: string;
  readonly doc: Doc;
}

export interface Version {
  readonly id: string;
  readonly number: number;
  readonly members: readonly VersionMember[];
  readonly variables: Draft['variables'];
}

/** One change of the draft, as data. What cannot be done is left out. */
export type Change =
  | { readonly do: 'set'; readonly thing: Thing; readonly key: string; readonly value: number }
  | { readonly do: 'refer'; readonly thing: Thing; readonly to: Thing }
  | { readonly do: 'use'; readonly thing: Thing; readonly variable: VariableName; readonly inside: boolean }
  | { readonly do: 'declare'; readonly thing: Thing; readonly slug: string; readonly fork: boolean; readonly required: boolean }
  | { readonly do: 'drop'; readonly thing: Thing }
  | { readonly do: 'rename'; readonly thing: Thing; readonly slug: string }
  | { readonly do: 'pass'; readonly thing: Thing; readonly to: Thing }
  | { readonly do: 'flip'; readonly thing: Thing; readonly flag: 'fork' | 'required' | 'byDefault' }
  | { readonly do: 'need'; readonly thing: Thing; readonly other: Thing }
  | { readonly do: 'variable'; readonly variable: VariableName };

export function changed(draft: Draft, change: Change, sources: Readonly<Record<Thing, string>>): Draft {
  const { docs, declared } = draft;
  const toggled = (thing: Thing, key: string, value: Json): Draft => {
    const doc = withKey(docs[thing], key, key in docs[thing] ? undefined : value);
    return { ...draft, docs: { ...docs, [thing]: doc } };
  };
  const redeclared = (thing: Thing, update: (one: Declared) => Declared): Draft => ({
    ...draft,
    declared: declared.map((one) => (one.thing === thing ? update(one) : one)),
  });
  switch (change.do) {
    case 'set':
      return { ...draft, docs: { ...docs, [change.thing]: { ...docs[change.thing], [change.key]: change.value } } };
    case 'refer':
      return toggled(change.thing, `to_${change.to}`, sources[change.to]);
    case 'use':
      return change.inside
        ? toggled(change.thing, `says_${change.variable}`, `so {{ variables.${change.variable} }}!`)
        : toggled(change.thing, `v_${change.variable}`, `{{ variables.${change.variable} }}`);
    case 'declare':
      return declare(draft, change);
    case 'drop':
      return declared.length === 1 ? draft : { ...draft, declared: declared.filter(({ thing }) => thing !== change.thing) };
    case 'rename':
      return isFree(draft, change.slug) ? redeclared(change.thing, (one) => ({ ...one, slug: change.slug })) : draft;
    case 'pass':
      return declared.some(({ thing }) => thing === change.to) ? draft : redeclared(change.thing, (one) => passed(one, change.to));
    case 'flip':
      return redeclared(change.thing, (one) => ({ ...one, [change.flag]: !one[change.flag] }));
    case 'need':
      // Later things need earlier ones only, so that there is no circle.
      return change.other < change.thing ? redeclared(change.thing, (one) => ({ ...one, needs: [...one.needs, change.other] })) : draft;
    case 'variable': {
      const next = { absent: 'optional', optional: 'required', required: undefined } as const;
      return { ...draft, variables: { ...draft.variables, [change.variable]: next[draft.variables[change.variable] ?? 'absent'] } };
    }
  }
}

/** The slug is another thing's from now on, maybe of another kind. */
const passed = (one: Declared, thing: Thing): Declared => ({ ...one, thing, needs: one.needs.filter((other) => other < thing) });

const isFree = ({ declared }: Draft, slug: string): boolean => declared.every((one) => one.slug !== slug);

function declare(draft: Draft, { thing, slug, fork, required }: Extract<Change, { do: 'declare' }>): Draft {
  if (!isFree(draft, slug) || draft.declared.some((one) => one.thing === thing)) return draft;
  const one = { thing, slug, publishedAs: null, fork, required, byDefault: true, needs: [] };
  return { ...draft, declared: [...draft.declared, one] };
}

/** The draft as it can be published: no reference to a function that is no member, no variable that is not declared. */
export function publishable(draft: Draft): Draft {
  const members = new Set(draft.declared.map(({ thing }) => thing));
  const isFine = (key: string): boolean => {
    const [what, name] = key.split('_');
    if (what === 'to') return isSchema(name as Thing) || members.has(name as Thing);
    return what !== 'v' && what !== 'says' ? true : draft.variables[name as VariableName] !== undefined;
  };
  const cleaned = (doc: Doc): Doc => Object.fromEntries(Object.entries(doc).filter(([key]) => isFine(key)));
  const docs = Object.fromEntries(THINGS.map((thing) => [thing, cleaned(draft.docs[thing])])) as Record<Thing, Doc>;
  const declared = draft.declared.map((one) => ({ ...one, needs: [...new Set(one.needs)].filter((thing) => members.has(thing)) }));
  return { ...draft, docs, declared };
}

export const referredThings = (doc: Doc): Thing[] =>
  Object.keys(doc).flatMap((key) => (key.startsWith('to_') ? [key.slice('to_'.length) as Thing] : []));

/** The schemas behind these documents that are not declared. */
export function closureOf({ declared, docs }: Draft): Thing[] {
  const closure = new Set<Thing>();
  const members = declared.map(({ thing }) => thing);
  const open = [...members];
  for (const thing of open)
    for (const to of referredThings(docs[thing])) {
      if (!isSchema(to) || members.includes(to) || closure.has(to)) continue;
      closure.add(to);
      open.push(to);
    }
  return [...closure];
}

/** The slugs that a member had before: by the version before, where it may have been called otherwise. */
export function formerSlugsOf(one: Declared, renamedFrom: string | undefined, before: Version | undefined): string[] {
  const named = (slug: string) => before?.members.find((member) => member.slug === slug);
  const was = named(one.slug);
  const own = was?.thing === one.thing ? was.formerSlugs : [];
  if (renamedFrom === undefined) return [...own];
  return [...new Set([renamedFrom, ...(named(renamedFrom)?.formerSlugs ?? []), ...own])].filter((slug) => slug !== one.slug);
}
