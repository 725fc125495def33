/** The OpenAPI document that the server serves, and what the tests ask of it. */
import type { TSchema } from 'typebox';
import { apiDocument } from '../../src/app.ts';
import type { Role } from '../../src/context.ts';
import type { ErrorCode, Fault } from '../../src/lib/errors.ts';
import { isObject, type Json, type JsonObject } from '../../src/lib/json.ts';
import { at, pointer } from '../../src/lib/json-pointer.ts';
import { must } from '../../src/lib/must.ts';
import { checkOf } from '../../src/lib/shape-check.ts';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

interface Content {
  readonly schema: JsonObject;
  readonly example?: Json;
}

/** `x-mortise-permission`, as the document's own description explains it. */
export interface PermissionData {
  readonly need: 'nothing' | 'key' | 'platform_admin' | 'workspace' | 'target';
  readonly resource?: string;
  readonly role?: Role;
  readonly into?: Role;
  readonly platformAdmin?: true;
  readonly reviewer?: true;
  readonly person?: true;
  readonly publishable?: true;
  readonly takesAway?: true;
  readonly seenBy?: 'admin' | 'platform_admin';
}

/** One operation, without the wrappings of OpenAPI. */
export interface ApiOperation {
  readonly operationId: string;
  readonly method: Method;
  readonly path: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema?: JsonObject;
    readonly content?: JsonObject;
  }[];
  readonly body: Content | null;
  /** What the operation answers when all goes well. */
  readonly success: Content & { readonly status: number };
  /** The codes of its problems. */
  readonly codes: readonly ErrorCode[];
  /** Who may call it. */
  readonly permission: PermissionData;
  /** Prefix of the id in the path, `agt` where entities of every kind are meant; null where the path has no id. */
  readonly names: string | null;
}

export const DOCUMENT = apiDocument();

export const OPERATIONS: readonly ApiOperation[] = Object.entries(objectAt(DOCUMENT, '/paths')).flatMap(([path, item]) =>
  Object.entries(item as JsonObject).map(([method, operation]) => operationOf(path, method, operation as JsonObject)),
);

export const operation = (method: string, path: string): ApiOperation =>
  must(
    OPERATIONS.find((each) => each.method === method && each.path === path),
    `openapi.json has ${method} ${path}`,
  );

function operationOf(path: string, method: string, object: JsonObject): ApiOperation {
  const responses = Object.entries(objectAt(object, '/responses'));
  const [status] = must(
    responses.find(([each]) => each.startsWith('2')),
    'an operation can succeed',
  );
  const parameters = (object.parameters ?? []) as unknown as ApiOperation['parameters'];
  const content = (pointer: string) => at(object, `${pointer}/content/application~1json`) as unknown as Content | undefined;
  return {
    operationId: String(object.operationId),
    method: method.toUpperCase() as Method,
    path,
    parameters,
    body: content('/requestBody') ?? null,
    success: { ...must(content(`/responses/${status}`), 'it answers JSON'), status: Number(status) },
    codes: responses.flatMap(([each, response]) => (each === status ? [] : codesOf(response as JsonObject))),
    permission: object['x-mortise-permission'] as unknown as PermissionData,
    names: namesOf(parameters),
  };
}

/** A shared response has the name of its one code; one of several codes has an example of each. */
function codesOf({ $ref, content }: JsonObject): ErrorCode[] {
  const examples = Object.keys(objectAt(content ?? {}, '/application~1problem+json/examples'));
  return (typeof $ref === 'string' ? [$ref.replace(/^.*\//, '')] : examples) as ErrorCode[];
}

function namesOf(parameters: ApiOperation['parameters']): string | null {
  const id = parameters.find((parameter) => parameter.in === 'path');
  if (id === undefined) return null;
  return /^\^\(([a-z]+)\)/.exec(String(id.schema?.pattern ?? ''))?.[1] ?? 'agt';
}

function objectAt(json: Json, pointer: string): JsonObject {
  const found = at(json, pointer);
  return isObject(found) ? found : {};
}

/** The schema itself, where it is only referred to. */
export function resolved(schema: JsonObject): JsonObject {
  return typeof schema.$ref === 'string' ? resolved(objectAt(DOCUMENT, schema.$ref.slice('#'.length))) : schema;
}

/** The response itself, where it is only referred to; null where the operation has none of the status. */
export function responseOf({ path, method }: ApiOperation, status: number): JsonObject | null {
  const found = at(DOCUMENT, `/paths${pointer(path)}/${method.toLowerCase()}/responses/${status}`);
  return isObject(found) ? resolved(found) : null;
}

/** Of a choice of forms, the fields of all. */
export function propertiesOf(schema: JsonObject): JsonObject {
  const { anyOf, ...plain } = resolved(schema);
  if (!Array.isArray(anyOf)) return objectAt(plain, '/properties');
  return Object.assign({}, ...anyOf.map((form) => propertiesOf(form as JsonObject)));
}

/** What is wrong with a value by a schema of the document. */
export function faultsOf(schema: JsonObject, value: Json): readonly Fault[] {
  return checkOf({ ...schema, components: objectAt(DOCUMENT, '/components') } as TSchema)(value);
}

export const problemFaults = (value: Json) => faultsOf({ $ref: '#/components/schemas/Problem' }, value);
