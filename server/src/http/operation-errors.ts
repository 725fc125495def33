import { CATALOGUE, type ErrorCode } from '../lib/errors.ts';
import type { Operation } from './operation.ts';

/** Every error that the operation can answer with, by status: what the door refuses, and what its verb does. */
export function errorCodesOf(operation: Operation): readonly ErrorCode[] {
  const codes = new Set<ErrorCode>([
    ...TRANSPORT_ERRORS,
    ...accessErrors(operation),
    ...bodyErrors(operation),
    ...safetyErrors(operation),
    ...operation.errors,
    ...waitErrors(operation),
    'internal_error',
    'unavailable',
  ]);
  return [...codes].sort((a, b) => CATALOGUE[a].status - CATALOGUE[b].status);
}

/** What is wrong with a request whatever it asks. */
const TRANSPORT_ERRORS = ['invalid_request', 'request_timeout', 'uri_too_long', 'headers_too_large'] as const;

function accessErrors({ permission, path, writes }: Operation): ErrorCode[] {
  if (permission.need === 'nothing') return [];
  const publishable = 'publishable' in permission && !('role' in permission);
  const enters = permission.need === 'workspace' || (permission.need === 'target' && permission.into !== undefined);
  const changes = writes && permission.need === 'target' && !permission.takesAway;
  return [
    'unauthenticated',
    'origin_not_allowed',
    ...(publishable ? [] : (['forbidden'] as const)),
    ...(path.includes('{id}') ? (['not_found'] as const) : []),
    ...(enters || changes ? (['workspace_suspended'] as const) : []),
  ];
}

/** What holds a connection, or has a large body, may have to wait for it. */
const waitErrors = ({ writes, snapshot, bodyBytes }: Operation): ErrorCode[] =>
  writes || snapshot || bodyBytes !== undefined ? ['too_many_requests'] : [];

/** Everything but a GET may bring a body, and a body that no field is known of is refused too. */
function bodyErrors({ method, lists }: Operation): ErrorCode[] {
  if (method === 'GET') return [];
  // The parameters of a search are those of the list, and are refused in the same way.
  return ['invalid_json', 'payload_too_large', 'unsupported_media_type', ...(lists === null ? (['invalid_body'] as const) : [])];
}

/** What Idempotency-Key and If-Match can answer. */
function safetyErrors({ method, writes, guarded }: Operation): ErrorCode[] {
  if (!writes) return [];
  const match = guarded ? (['precondition_failed'] as const) : [];
  return method === 'POST' ? ['request_in_progress', 'idempotency_key_reused', ...match] : [...match];
}
