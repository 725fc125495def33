import Type, { type Static, type TSchema } from 'typebox';
import { badBody, type Fault, Problem } from '../../lib/errors.ts';
import type { JsonObject } from '../../lib/json.ts';
import { checkSchema } from '../../lib/json-schema/check.ts';
import {
  asStored,
  entityId,
  flag,
  headerName,
  headerPrefix,
  httpsUrl,
  jsonObject,
  listOf,
  oneOf,
  scopeToken,
  shape,
  slug,
  text,
} from '../../lib/shape.ts';
import { faultsOf } from '../../lib/shape-faults.ts';

export const MEMBER_POLICIES = ['auto_all', 'auto_defaults', 'manual'] as const;
export type MemberPolicy = (typeof MEMBER_POLICIES)[number];

const memberSlug = (description: string) => slug(description);

export const MemberDecl = shape(
  {
    slug: memberSlug('Unique in the manifest; the name of the member through all versions.'),
    entityId: entityId('An entity of the source workspace.'),
    kind: text('Kind of the entity.', 40, 1),
    required: Type.Optional(flag('Always installed.')),
    defaultEnabled: Type.Optional(flag('Selected when the installer names none (`auto_defaults`).')),
    forkOnInstall: Type.Optional(flag("Cloned into the workspace; otherwise the publisher's entity is referenced.")),
    dependsOn: Type.Optional(listOf(memberSlug('A member.'), 'Members that are installed with this one.')),
    renamedFrom: Type.Optional(memberSlug('What the member was called in the version before.')),
  },
  { $id: 'MemberDecl' },
);
export type MemberDecl = Static<typeof MemberDecl>;

export const Dependency = shape(
  {
    integration: Type.Unsafe<string>({
      type: 'string',
      pattern: '^[a-z0-9](-?[a-z0-9])*/[a-z0-9](-?[a-z0-9])*$',
      maxLength: 129,
      description: '`publisher/slug` of another integration.',
      'x-expected': 'publisher/slug',
    }),
    range: text('SemVer range that its installed version must be in, such as `^1.2`.', 256, 1),
    optional: Type.Optional(flag('Not needed for an install.')),
  },
  { $id: 'Dependency' },
);
export type Dependency = Static<typeof Dependency>;

export const Manifest = shape(
  {
    members: Type.Optional(listOf(MemberDecl, 'The members, in the order in which they are shown.')),
    dependencies: Type.Optional(listOf(Dependency, 'Other integrations that must be installed in the workspace.')),
    defaults: Type.Optional(
      shape({
        memberPolicy: Type.Optional(oneOf(MEMBER_POLICIES, 'Policy of installs that name none.')),
        variables: Type.Optional(jsonObject('Values of variables that an install leaves out.')),
      }),
    ),
  },
  { $id: 'Manifest' },
);
export type Manifest = Static<typeof Manifest>;

export const AuthConfig = shape(
  {
    type: Type.Optional(oneOf(['none', 'api_key', 'oauth2'], 'Credentials that an install needs; absent means none.')),
    scopes: Type.Optional(listOf(scopeToken('A scope.'), 'Scopes that the credentials need.')),
    authHeaderName: Type.Optional(headerName('Header that carries the credentials.')),
    authValuePrefix: Type.Optional(headerPrefix('What stands before the credentials in the header, such as `Bearer `.')),
    authorizationUrl: Type.Optional(httpsUrl('OAuth 2 authorization endpoint.')),
    tokenUrl: Type.Optional(httpsUrl('OAuth 2 token endpoint.')),
    callbackUrl: Type.Optional(httpsUrl('OAuth 2 redirect URI.')),
  },
  { $id: 'AuthConfig' },
);
export type AuthConfig = Static<typeof AuthConfig>;
/** As drafts may have it that were written before URLs, headers and scopes had rules: what is published unchanged goes on. */
export const StoredAuthConfig = asStored(AuthConfig);

/** The three documents of a draft, as authored. */
export interface DraftDocuments {
  readonly manifest: JsonObject;
  readonly variablesSchema: JsonObject;
  readonly authConfig: JsonObject;
}

/** Bytes of each of the three documents at most. */
const DOCUMENT_BYTES = 1_048_576;

/** Everything wrong with the form of documents; whether their entities exist is publish's question. */
export function formFaults(documents: Partial<DraftDocuments>, authConfigShape: TSchema = AuthConfig): Fault[] {
  const { manifest, variablesSchema, authConfig } = documents;
  return [
    ...(manifest === undefined ? [] : [...sizeFault(manifest, '/manifest'), ...faultsOf(Manifest, manifest, '/manifest')]),
    ...(variablesSchema === undefined ? [] : variablesSchemaFaults(variablesSchema)),
    ...(authConfig === undefined ? [] : faultsOf(authConfigShape, authConfig, '/authConfig')),
  ];
}

export function refuseBadForm(documents: Partial<DraftDocuments>): void {
  const faults = formFaults(documents);
  if (faults.length === 1 && faults[0]) throw badBody(faults[0].pointer, faults[0].message);
  if (faults.length > 1) throw new Problem('invalid_body', `The body has ${faults.length} faults; see errors.`, { faults });
}

function sizeFault(document: JsonObject, pointer: string): Fault[] {
  const bytes = Buffer.byteLength(JSON.stringify(document));
  return bytes > DOCUMENT_BYTES ? [{ pointer, message: `must be at most ${DOCUMENT_BYTES} bytes of JSON; it has ${bytes}` }] : [];
}

/** `{}` declares no variables; anything else is the schema of an object. */
function variablesSchemaFaults(schema: JsonObject): Fault[] {
  const faults = checkSchema(schema).map((fault) => ({ ...fault, pointer: `/variablesSchema${fault.pointer}` }));
  if (Object.keys(schema).length > 0 && schema.type !== 'object')
    faults.push({ pointer: '/variablesSchema/type', message: 'must be "object": variables are the properties of an object' });
  return faults;
}
