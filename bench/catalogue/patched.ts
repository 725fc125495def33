import type { PatchOperation } from '@mortise/sdk/changes';
import type { Json } from '@mortise/sdk/resources';
import { isObject } from './paths.ts';

/** The value after the operations of a patch (RFC 6902, as far as plans use it). Throws where one leads nowhere. */
export const patched = (value: Json, patch: readonly PatchOperation[]): Json =>
  patch.reduce((before, operation) => operated(before, tokensOf(operation.path), operation), value);

const tokensOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));

function operated(value: Json, [token, ...rest]: readonly string[], operation: PatchOperation): Json {
  const put = operation.value ?? null;
  if (token === undefined) return put;
  const last = rest.length === 0;
  if (Array.isArray(value))
    return last ? listOperated(value, token, operation) : value.with(Number(token), operated(value[Number(token)], rest, operation));
  if (!isObject(value)) throw new Error(`There is no ${operation.path}.`);
  if (last && operation.op === 'remove') return Object.fromEntries(Object.entries(value).filter(([key]) => key !== token));
  const next = last ? put : operated(value[token] ?? null, rest, operation);
  return Object.fromEntries([...Object.entries(value).filter(([key]) => key !== token), [token, next]]);
}

function listOperated(list: readonly Json[], token: string, { op, value = null }: PatchOperation): Json[] {
  const index = token === '-' ? list.length : Number(token);
  return list.toSpliced(index, op === 'add' ? 0 : 1, ...(op === 'remove' ? [] : [value]));
}
