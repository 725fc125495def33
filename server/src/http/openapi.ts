import type { Actor } from '../context.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import { must } from '../lib/must.ts';
import { idPattern } from '../lib/plain-schema.ts';
import { filterSchema, orderBySchema } from '../listing/openapi.ts';
import type { Resource } from '../query/resource.ts';
import type { AnyRoute } from '../route.ts';
import { Components } from './components.ts';
import { type Operation, operationsOf } from './operation.ts';
import { permissionData, permissionSentence, wordsOf } from './permission.ts';
import { failures, loneResponses } from './problem-responses.ts';
import { ProblemSchema } from './problems.ts';

/** What the document says beyond its operations. */
export interface About {
  readonly version: string;
  /** Tag of the routes → a sentence about it, in the order of the document. */
  readonly tags: Readonly<Record<string, string>>;
}

const DESCRIPTION = `Publish integrations, install them in other workspaces, upgrade them without losing what was changed there.

Send \`Authorization: Bearer <key>\`. Bodies are JSON in UTF-8. What you may not see does not exist (404); what you may see but not change is 403.
Who may call an operation stands in it as \`x-mortise-permission\`: \`need\` is \`nothing\`, any \`key\`, \`platform_admin\`, \`workspace\` (the \`role\`
in the one that the body's \`workspaceId\` names) or \`target\` (the \`resource\` whose id is in the path, in sight, and the \`role\` in its workspace).
\`into\` is a role in the body's workspace besides, \`platformAdmin\` and \`reviewer\` are platform roles, \`publishable\` admits publishable keys,
\`person\` admits people who act themselves and no keys but a platform admin's, \`takesAway\` holds in a suspended workspace too,
\`seenBy\` is who sees rows of the kind at all.
Errors are RFC 9457 problems: \`type\` leads to a page about the \`code\`, \`errors\` names every fault in the input.
Any endpoint may also answer 405, 408, 414 or 431 to a request that is not well-formed HTTP for it.`;

/** The OpenAPI 3.1 document of these routes. Pure: the same routes give the same document. */
export function openapiDocument(routes: readonly AnyRoute[], about: About): JsonObject {
  const components = new Components();
  components.use(ProblemSchema);
  const operations = routes.flatMap(operationsOf);
  const paths = pathsOf(operations, components);
  for (const resource of listed(routes)) components.name(`${resource.name}OrderBy`, orderBySchema(resource));
  for (const resource of reachable(routes)) components.name(`${resource.name}Filter`, filterSchema(resource));
  return {
    openapi: '3.1.0',
    info: {
      title: 'Mortise',
      version: about.version,
      description: DESCRIPTION,
      license: { name: 'Apache License 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    tags: Object.entries(about.tags).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'A secret (`sec_…`) or publishable (`pub_…`) key.' } },
      schemas: sorted(components.schemas),
      responses: sorted(loneResponses(operations)),
    },
  };
}

function pathsOf(operations: readonly Operation[], components: Components): JsonObject {
  const byPath = Map.groupBy(operations, ({ path }) => path);
  return Object.fromEntries([...byPath].map(([path, methods]) => [path, pathItem(methods, components)]));
}

const pathItem = (methods: readonly Operation[], components: Components): JsonObject =>
  Object.fromEntries(methods.map((operation) => [operation.method.toLowerCase(), operationObject(operation, components)]));

function operationObject(operation: Operation, components: Components): JsonObject {
  const parameters = [...pathParameters(operation), ...operation.parameters.map((parameter) => components.use(parameter))];
  return {
    operationId: operation.operationId,
    tags: [operation.tag],
    summary: operation.summary,
    description: [operation.description, permissionSentence(operation)].filter((each) => each !== undefined).join('\n\n'),
    'x-mortise-permission': permissionData(operation),
    ...(operation.permission.need === 'nothing' ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(operation.body === null ? {} : { requestBody: requestBody(operation, operation.body, components) }),
    responses: { ...success(operation, components), ...unchanged(operation), ...failures(operation) },
  };
}

function pathParameters({ path, names }: Operation): JsonObject[] {
  if (!path.includes('{id}')) return [];
  const description = names === null ? 'The id.' : `Id of the ${wordsOf(names.name)}.`;
  const pattern = names?.prefixes === undefined ? {} : { pattern: idPattern(names.prefixes) };
  return [{ name: 'id', in: 'path', required: true, description, schema: { type: 'string', ...pattern } }];
}

function requestBody({ bodyExample, bodyBytes }: Operation, body: NonNullable<Operation['body']>, components: Components): JsonObject {
  const required = 'required' in body && Array.isArray(body.required) && body.required.length > 0;
  const content = { 'application/json': { schema: components.use(body), ...exampleOf(bodyExample) } };
  return { ...(bodyBytes === undefined ? {} : { description: `At most ${bodyBytes} bytes.` }), required, content };
}

function success(operation: Operation, components: Components): JsonObject {
  const headers = {
    ...(operation.created ? { Location: header('Path of what was created.') } : {}),
    ...(isTagged(operation) ? { ETag: header('Changes whenever the body does; send it as `If-None-Match`.') } : {}),
  };
  const content = { 'application/json': { schema: components.use(operation.answer), ...exampleOf(operation.answerExample) } };
  const description = operation.created ? 'Created.' : 'Done.';
  return { [operation.created ? '201' : '200']: { description, ...(Object.keys(headers).length === 0 ? {} : { headers }), content } };
}

/** Answers that carry an ETag. */
const isTagged = ({ method, lists }: Operation): boolean => method === 'GET' && lists === null;

const unchanged = (operation: Operation): JsonObject =>
  isTagged(operation) ? { 304: { description: 'Still what `If-None-Match` names. No body.' } } : {};

const header = (description: string): JsonObject => ({ description, schema: { type: 'string' } });
const exampleOf = (example: unknown): JsonObject => (example === undefined ? {} : { example: example as Json });

/** The resources of all lists, and those that their filters lead to. */
function reachable(routes: readonly AnyRoute[]): ReadonlySet<Resource<Actor>> {
  const found = new Set(listed(routes));
  for (const resource of found) for (const relation of Object.values(resource.relations)) found.add(relation.to()); // a set visits what is added to it
  return found;
}

const listed = (routes: readonly AnyRoute[]): Resource<Actor>[] => routes.flatMap((route) => ('list' in route ? [route.list] : []));

const sorted = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(
    Object.keys(record)
      .sort()
      .map((key) => [key, must(record[key], 'its own key')]),
  );
