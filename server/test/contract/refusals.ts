import type { ErrorCode } from '../../src/lib/errors.ts';
import { newId } from '../../src/lib/ids.ts';
import { must } from '../../src/lib/must.ts';
import type { Answer } from '../api.ts';
import type { ApiOperation } from './document.ts';
import { ask, bodyFor, type Stage, USED_KEY } from './stage.ts';

/** A way in which every endpoint that documents the code refuses, before its own work begins. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly when: string;
  readonly needsId?: true;
  readonly needsWrite?: true;
  readonly ask: (stage: Stage, operation: ApiOperation) => Promise<Answer>;
}

export const REFUSALS: readonly Refusal[] = [
  {
    code: 'unauthenticated',
    when: 'without a key',
    ask: ({ home, nobody }, operation) => ask(operation, home, nobody),
  },
  {
    code: 'unauthenticated',
    when: 'with a key that nobody holds',
    ask: ({ api, home }, operation) => ask(operation, home, api.as(`sec_${'0'.repeat(43)}`)),
  },
  {
    code: 'invalid_request',
    when: 'with an unknown query parameter',
    ask: ({ home }, operation) => ask(operation, home, home.admin, { query: '?nope=1' }),
  },
  {
    code: 'invalid_request',
    when: 'with an id of another type',
    needsId: true,
    ask: ({ home }, operation) => ask(operation, home, home.admin, { id: home.id }),
  },
  {
    code: 'invalid_json',
    when: 'with half a body',
    needsWrite: true,
    ask: ({ home }, operation) => ask(operation, home, home.admin, { body: '{"a":' }),
  },
  {
    code: 'invalid_body',
    when: 'with an unknown field',
    needsWrite: true,
    ask: ({ home }, operation) => ask(operation, home, home.admin, { body: { ...bodyFor(operation, home), nope: 1 } }),
  },
  {
    code: 'not_found',
    when: 'where nothing has the id',
    needsId: true,
    ask: ({ home }, operation) => ask(operation, home, home.admin, { id: newId(must(operation.names, 'the path has an id')) }),
  },
  {
    code: 'not_found',
    when: 'for a stranger',
    needsId: true,
    ask: ({ home, stranger }, operation) => ask(operation, home, stranger.admin),
  },
  {
    code: 'forbidden',
    when: 'for a role too low',
    ask: ({ home, browser }, operation) => ask(operation, home, operation.method === 'GET' ? browser : home.viewer),
  },
  {
    code: 'workspace_suspended',
    when: 'in a suspended workspace',
    ask: ({ closed }, operation) => ask(operation, closed, closed.admin),
  },
  {
    code: 'precondition_failed',
    when: 'with an If-Match of another state',
    ask: ({ home }, operation) => ask(operation, home, home.admin, { headers: { 'if-match': '"another"' } }),
  },
  {
    code: 'idempotency_key_reused',
    when: 'with the Idempotency-Key of another request',
    ask: ({ home }, operation) => ask(operation, home, home.admin, { headers: { 'idempotency-key': USED_KEY } }),
  },
];

/** Whether the refusal is one that this operation has to give. */
export const applies = (refusal: Refusal, { codes, names, method }: ApiOperation): boolean =>
  codes.includes(refusal.code) && (!refusal.needsId || names !== null) && (!refusal.needsWrite || method !== 'GET');
