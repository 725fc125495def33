import Type, { type TSchema } from 'typebox';
import type { Actor } from '../context.ts';
import type { ErrorCode } from '../lib/errors.ts';
import { isObject, type Json, type JsonObject } from '../lib/json.ts';
import { plainSchema } from '../lib/plain-schema.ts';
import { shape } from '../lib/shape.ts';
import { listParameters, searchBodySchema } from '../listing/openapi.ts';
import type { Resource } from '../query/resource.ts';
import { type AnyRoute, type GetRoute, isWrite, type ListRoute, type Permission, type Route } from '../route.ts';
import { isGuarded } from './verb-endpoint.ts';

/** A route as the OpenAPI document tells it. Every form of `AnyRoute` comes down to this one. */
export interface Operation {
  readonly operationId: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string | undefined;
  readonly permission: Permission;
  /** What the id in the path is an id of. */
  readonly names: Resource<Actor> | null;
  /** What it lists. */
  readonly lists: Resource<Actor> | null;
  /** OpenAPI parameter objects, but for the path's. */
  readonly parameters: readonly JsonObject[];
  readonly body: TSchema | JsonObject | null;
  readonly bodyExample?: unknown;
  /** Bytes of a body that may be larger than others. */
  readonly bodyBytes?: number | undefined;
  readonly answer: TSchema;
  readonly answerExample?: unknown;
  readonly created: boolean;
  readonly writes: boolean;
  /** Holds a connection while it reads. */
  readonly snapshot?: boolean;
  /** Honours If-Match. */
  readonly guarded: boolean;
  /** Errors beyond those that follow from the rest. */
  readonly errors: readonly ErrorCode[];
}

export function operationsOf(route: AnyRoute): readonly Operation[] {
  if ('list' in route) return listOperations(route);
  return ['get' in route ? getOperation(route) : verbOperation(route)];
}

function verbOperation(route: Route): Operation {
  return {
    ...route,
    names: route.permission.need === 'target' ? route.permission.resource : null,
    lists: null,
    parameters: [...(route.query === undefined ? [] : queryParameters(route.query)), ...safetyParameters(route)],
    body: route.body ?? null,
    bodyExample: route.example?.body,
    bodyBytes: route.limits?.bytes,
    answerExample: route.example?.answer,
    created: route.created !== undefined,
    writes: isWrite(route),
    snapshot: 'read' in route && route.snapshot === true,
    guarded: isGuarded(route),
    errors: route.errors ?? [],
  };
}

const header = (name: string, description: string): JsonObject => ({
  name,
  in: 'header',
  required: false,
  description,
  schema: { type: 'string' },
});

/** The headers that make writes safe to retry and keep them from overwriting one another. */
function safetyParameters(route: Route): JsonObject[] {
  const known = route.method === 'POST' ? 'What you know it to be' : 'ETag of the row as you know it';
  const match = isGuarded(route) ? [header('If-Match', `${known}; 412 when it has changed since.`)] : [];
  if (!isWrite(route) || route.method !== 'POST') return match;
  return [
    header('Idempotency-Key', 'Up to 255 printable ASCII characters. Kept for 24 hours: the same request again gets the same answer.'),
    ...match,
  ];
}

function getOperation(route: GetRoute): Operation {
  return {
    ...route,
    method: 'GET',
    permission: { need: 'target', resource: route.get, ...(route.publishable ? { publishable: true } : {}) },
    names: route.get,
    lists: null,
    parameters: [],
    body: null,
    answerExample: route.example,
    created: false,
    writes: false,
    guarded: false,
    errors: [],
  };
}

function listOperations(route: ListRoute): readonly Operation[] {
  const { list, permission, example } = route;
  const form = {
    ...route,
    names: permission.need === 'target' ? permission.resource : null,
    lists: list,
    answer: pageOf(list.name, route.row),
    answerExample: example === undefined ? undefined : { data: [example], pageInfo: PAGE_INFO_EXAMPLE },
    created: false,
    writes: false,
    guarded: false,
    errors: ['invalid_filter', 'invalid_order', 'invalid_cursor'],
  } as const;
  return [
    { ...form, method: 'GET', parameters: listParameters(list), body: null },
    {
      ...form,
      operationId: route.operationId.replace(/^list/, 'search'),
      method: 'POST',
      path: `${route.path}/search`,
      summary: `${route.summary.replace(/\.$/, '')}, with the parameters in the body.`,
      parameters: [],
      body: searchBodySchema(list),
      bodyExample: SEARCH_EXAMPLE,
    },
  ];
}

const PageInfo = shape(
  {
    total: Type.Integer({ description: 'How many rows the whole list has, on all pages.' }),
    hasNextPage: Type.Boolean({ description: 'Whether rows follow this page.' }),
    hasPreviousPage: Type.Boolean({ description: 'Whether rows come before this page.' }),
    startCursor: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description: 'Cursor of the first row, for `before`; null on an empty page.',
    }),
    endCursor: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description: 'Cursor of the last row, for `after`; null on an empty page.',
    }),
  },
  { $id: 'PageInfo' },
);
const SEARCH_EXAMPLE = { limit: 20, orderBy: [{ id: 'desc' }] };
const PAGE_INFO_EXAMPLE = { total: 1, hasNextPage: false, hasPreviousPage: false, startCursor: 'eyJ2IjpbXX0', endCursor: 'eyJ2IjpbXX0' };

const pageOf = (name: string, row: TSchema): TSchema =>
  shape({ data: Type.Array(row, { description: 'The rows of the page, in order.' }), pageInfo: PageInfo }, { $id: `${name}Page` });

function queryParameters(query: TSchema): JsonObject[] {
  const { properties, required } = plainSchema(query);
  if (!isObject(properties)) return [];
  const needed = Array.isArray(required) ? required : [];
  return Object.entries(properties).map(([name, schema]) => parameter(name, schema, needed.includes(name)));
}

function parameter(name: string, schema: Json, required: boolean): JsonObject {
  const { description = '', ...rest } = isObject(schema) ? schema : {};
  return { name, in: 'query', required, description, schema: rest };
}
