/** The same descriptions as OpenAPI: filter and order schemas, list parameters, the body of a search. */
import type { Json, JsonObject } from '../lib/json.ts';
import { idPattern } from '../lib/plain-schema.ts';
import { fieldOf, LIMITS, OPERATORS, PATH_OPERATORS } from '../query/filter.ts';
import { DIRECTIONS, sortableNames } from '../query/order.ts';
import type { Field, Relation, Resource } from '../query/resource.ts';
import { INCLUDE_DELETED, MAX_LIMIT } from './params.ts';

const ref = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });
const closed = (properties: JsonObject, description?: string): JsonObject => ({
  type: 'object',
  properties,
  additionalProperties: false,
  ...(description === undefined ? {} : { description }),
});

/** `<Entity>Filter`. */
export function filterSchema<A>(resource: Resource<A>): JsonObject {
  const self = ref(`${resource.name}Filter`);
  const names = new Set([...Object.keys(resource.fields).filter((name) => fieldOf(resource, name)), ...Object.keys(resource.relations)]);
  const entries = [...names].map((name): [string, Json] => [name, conditionSchema(resource, name)]);
  const logic = { AND: { type: 'array', items: self }, OR: { type: 'array', items: self }, NOT: self };
  return closed({ ...logic, ...Object.fromEntries(entries) }, `Conditions on ${resource.name}; several in one object must all hold.`);
}

function conditionSchema<A>(resource: Resource<A>, name: string): JsonObject {
  const field = fieldOf(resource, name);
  const relation = Object.hasOwn(resource.relations, name) ? resource.relations[name] : undefined;
  const forms = [...(field ? fieldForms(field) : []), ...(relation ? [relationForm(relation)] : [])];
  return forms.length === 1 && forms[0] ? forms[0] : { anyOf: forms };
}

function relationForm<A>(relation: Relation<A>): JsonObject {
  const target = ref(`${relation.to().name}Filter`);
  if (relation.kind === 'many') return closed({ some: target, every: target, none: target });
  return { anyOf: [target, closed({ isNull: { type: 'boolean' } })] };
}

const idSchema = (prefixes: readonly string[] | undefined): JsonObject => ({
  type: 'string',
  ...(prefixes && { pattern: idPattern(prefixes) }),
});

function scalarSchema(field: Field): JsonObject {
  switch (field.type) {
    case 'number':
      return { type: 'number' };
    case 'boolean':
      return { type: 'boolean' };
    case 'timestamp':
      return { type: 'string', format: 'date-time' };
    case 'enum':
      return { type: 'string', enum: [...(field.values ?? [])] };
    case 'id':
      return idSchema(field.prefixes);
    default:
      return { type: 'string' };
  }
}

function fieldForms(field: Field): JsonObject[] {
  const value = scalarSchema(field);
  const operators = closed(
    Object.fromEntries(OPERATORS[field.type].map((op): [string, Json] => [op, operandSchema(op, field.type, value)])),
  );
  return field.type === 'json' ? [operators] : [value, ...(field.nullable ? [{ type: 'null' }] : []), operators];
}

function operandSchema(op: string, type: Field['type'], value: JsonObject): JsonObject {
  if (op === 'in' || op === 'notIn') return { type: 'array', items: value, maxItems: LIMITS.values };
  if (op === 'isNull') return { type: 'boolean' };
  if (op === 'hasKey') return { type: 'string' };
  if (op === 'path') return pathSchema();
  if (op === 'contains' && type === 'json') return { type: ['object', 'array'] };
  return value;
}

const pathSchema = (): JsonObject => ({
  ...closed({
    at: { type: 'string', description: 'JSON pointer into the value.' },
    ...Object.fromEntries(PATH_OPERATORS.map((op): [string, Json] => [op, {}])),
  }),
  required: ['at'],
});

/** `<Entity>OrderBy`: the keys of an order, applied in turn. */
export function orderBySchema<A>(resource: Resource<A>): JsonObject {
  const direction = { type: 'string', enum: [...DIRECTIONS] };
  const fields = sortableNames(resource).map((name): [string, Json] => [name, direction]);
  const related = Object.entries(resource.relations)
    .filter(([, relation]) => relation.kind === 'one')
    .map(([name, relation]): [string, Json] => {
      const inner = closed(Object.fromEntries(sortableNames(relation.to()).map((each): [string, Json] => [each, direction])));
      return [name, sortableNames(resource).includes(name) ? { anyOf: [direction, inner] } : inner];
    });
  const items = { ...closed(Object.fromEntries([...fields, ...related])), minProperties: 1, maxProperties: 1 };
  return { type: 'array', maxItems: 5, items, description: 'Applied in turn; the id breaks ties.' };
}

interface Parameter {
  readonly name: string;
  readonly description: string;
  readonly schema: JsonObject;
  /** Carried on the query string as JSON text. */
  readonly json?: true;
}

function parametersOf<A>(resource: Resource<A>): Parameter[] {
  const cursor = { type: 'string' };
  return [
    {
      name: 'limit',
      description: `Page size (1–${MAX_LIMIT}, default ${MAX_LIMIT}).`,
      schema: { type: 'integer', minimum: 1, maximum: MAX_LIMIT },
    },
    { name: 'after', description: 'Keyset cursor — return the page after this row (next page).', schema: cursor },
    { name: 'before', description: 'Keyset cursor — return the page before this row (prev page).', schema: cursor },
    {
      name: 'ids',
      description: "List of IDs. Narrows results to these IDs within the caller's accessible scope (does not bypass access checks).",
      schema: { type: 'array', items: idSchema(resource.prefixes), maxItems: LIMITS.values },
    },
    {
      name: 'filter',
      description: 'Nested filter expression: AND/OR/NOT + per-field comparison operators + relation traversal.',
      schema: ref(`${resource.name}Filter`),
      json: true,
    },
    {
      name: 'orderBy',
      description: 'Multi-key sort, applied in order. Directions: asc/desc plus the four explicit nulls variants.',
      schema: ref(`${resource.name}OrderBy`),
      json: true,
    },
    ...(resource.deletedScope
      ? [
          {
            name: 'include_deleted',
            description:
              '`false`: active rows (default); `true`: active and deleted; `only`: deleted. Deleted rows show to their workspace only.',
            schema: { type: 'string', enum: [...INCLUDE_DELETED] },
          },
        ]
      : []),
    ...Object.entries(resource.shorthands).map(([name, { field, op, description }]) => {
      const described = resource.fields[field];
      return { name, description, schema: described === undefined || op ? { type: 'string' } : scalarSchema(described) };
    }),
  ];
}

/** The OpenAPI parameters of `GET <list>`. */
export const listParameters = <A>(resource: Resource<A>): JsonObject[] =>
  parametersOf(resource).map(({ name, description, schema, json }) => {
    const base = { name, in: 'query', required: false, description };
    if (json) return { ...base, content: { 'application/json': { schema } } };
    return name === 'ids' ? { ...base, schema, style: 'form', explode: false } : { ...base, schema };
  });

/** The body of `POST <list>/search`: the same parameters as JSON. */
export const searchBodySchema = <A>(resource: Resource<A>): JsonObject =>
  closed(
    Object.fromEntries(parametersOf(resource).map(({ name, description, schema }): [string, Json] => [name, { description, ...schema }])),
  );
