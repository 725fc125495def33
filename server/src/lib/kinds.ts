import type { JsonObject } from './json.ts';
import type { MergeKeys } from './merge/keys.ts';

/** A type of entity: `name` in the API, three-letter `prefix` of its ids, and optionally the JSON Schema of its definitions and what names the items in them. */
export interface Kind {
  readonly name: string;
  readonly prefix: string;
  readonly schema: JsonObject | null;
  /**
   * JSON pointers to where a definition says what it talks to, with `*` for every item or property: a URL, or something that holds URLs. A
   * version that names a new host there is agreed to by people.
   */
  readonly exposes?: readonly string[];
  /** What names the items of lists in its definitions, for merges: by the list's pointer, in which `*` is any item. */
  readonly mergeKeys?: MergeKeys;
}

const open = (name: string, prefix: string, exposes: readonly string[] = []): Kind => ({ name, prefix, schema: null, exposes });

/** What a thing that is called over a network says of where. */
const ENDPOINTS = ['/url', '/baseUrl', '/endpoint'];
const CONNECTIONS = [
  ...ENDPOINTS,
  '/base_url',
  '/host',
  '/urls/*',
  '/hosts/*',
  '/server/url',
  '/servers/*/url',
  '/endpoints/*/url',
  '/webhookUrl',
  '/webhook/url',
  '/auth/authorizationUrl',
  '/auth/tokenUrl',
  '/auth/callbackUrl',
];

/** Open to any JSON object. A platform adds its own kinds by configuration (`MORTISE_KINDS`). */
export const BUILT_IN_KINDS: readonly Kind[] = [
  open('agent', 'agt'),
  open('function', 'fun', ENDPOINTS),
  open('workflow', 'wfl'),
  open('swarm', 'swm'),
  open('schema', 'sch'),
  open('prompt', 'prm'),
  open('knowledge_base', 'knb', [...ENDPOINTS, '/sources/*/url']),
  open('connector', 'con', CONNECTIONS),
  open('model', 'mdl', ENDPOINTS),
];

/** The kind whose entities travel as schema closure, without being declared. */
export const SCHEMA_KIND = 'schema';

/** The registry of kinds, fixed at start. */
export class Kinds {
  readonly all: readonly Kind[];
  readonly #byName: ReadonlyMap<string, Kind>;
  readonly #byPrefix: ReadonlyMap<string, Kind>;

  constructor(added: readonly Kind[] = []) {
    this.all = [...BUILT_IN_KINDS, ...added];
    this.#byName = new Map(this.all.map((kind) => [kind.name, kind]));
    this.#byPrefix = new Map(this.all.map((kind) => [kind.prefix, kind]));
  }

  named(name: string): Kind | null {
    return this.#byName.get(name) ?? null;
  }

  /** The kind that an id belongs to by its prefix. */
  ofId(id: string): Kind | null {
    return this.#byPrefix.get(id.slice(0, 3)) ?? null;
  }
}

/** Prefix of the ids of a kind's entity versions. */
export const versionPrefix = (kind: Kind): string => `${kind.prefix}ver`;
