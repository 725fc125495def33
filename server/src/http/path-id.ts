import type { Actor } from '../context.ts';
import { Problem } from '../lib/errors.ts';
import { idFault, prefixOf } from '../lib/ids.ts';
import type { Kinds } from '../lib/kinds.ts';
import type { Resource } from '../query/resource.ts';

/** The id in the path, or 400 when it is none or one of another resource. Null where the path has no id. */
export function readPathId(params: unknown, names: Resource<Actor> | null, kinds: Kinds): string | null {
  const { id } = params as { id?: string };
  if (id === undefined) return null;
  const message = names === null ? anyIdFault(id) : idFault(id, names.prefixes ?? kinds.all.map((kind) => kind.prefix));
  if (message !== null)
    throw new Problem('invalid_request', `The id in the path ${message}.`, { faults: [{ pointer: 'path:id', message }] });
  return id;
}

const anyIdFault = (id: string): string | null => (prefixOf(id) === null ? 'is not an id' : null);
