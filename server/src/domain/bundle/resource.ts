import sql from 'sql-template-tag';
import { platformRows } from '../../access/scope.ts';
import type { Actor } from '../../context.ts';
import { PREFIX } from '../../lib/ids.ts';
import { BY_NAME } from '../../listing/ranks.ts';
import type { Resource } from '../../query/resource.ts';
import { userResource } from '../workspace/resource.ts';

export const trustedSignerResource: Resource<Actor> = {
  name: 'TrustedSigner',
  table: 'trusted_signers',
  prefixes: [PREFIX.trustedSigner],
  workspaceColumn: null,
  immutable: true,
  json: (t) => sql`${t}.doc`,
  fields: {
    id: { type: 'id', column: 'id', prefixes: [PREFIX.trustedSigner] },
    name: { type: 'string', column: 'name', rank: BY_NAME },
    publicKey: { type: 'string', column: 'public_key' },
    fingerprint: { type: 'string', column: 'public_key', expression: (t) => sql`encode(sha256(decode(${t}.public_key, 'base64')), 'hex')` },
    createdBy: { type: 'id', column: 'created_by', prefixes: [PREFIX.user] },
    createdAt: { type: 'timestamp', column: 'created_at' },
  },
  relations: {
    createdBy: { to: () => userResource, kind: 'one', join: (from, to) => sql`${to}.id = ${from}.created_by` },
  },
  scope: platformRows,
  seenBy: 'platform_admin',
  shorthands: {
    name: { field: 'name', op: 'icontains', description: 'Name contains this text, in any case.' },
    fingerprint: { field: 'fingerprint', description: 'The signer whose key has exactly this fingerprint.' },
  },
};
