import { CATALOGUE, type ErrorCode } from '../lib/errors.ts';
import type { Operation } from './operation.ts';

/** Every error that the operation can answer with, by status: what the door refuses, and what its verb does. */
export function errorCodesOf(operation: Operation): readonly ErrorCode[] {
  const codes = new Set<ErrorCode>([
    'invalid_request',
    ...accessErrors(operation),
    ...bodyErrors(operation),
    ...safetyErrors(operation),
    ...operation.errors,
    'internal_error',
    'unavailable',
  ]);
  return [...codes].sort((a, b) => CATALOGUE[a].status - CATALOGUE[b].status);
}

function accessErrors({ permission, path, writes }: Operation): ErrorCode[] {
  if (permission.need === 'nothing') return [];
  const publishable = 'publishable' in permission && !('role' in permission);
  const ofWorkspace = permission.need === 'workspace' || permission.need === 'target';
  return [
    'unauthenticated',
    ...(publishable ? [] : (['forbidden'] as const)),
    ...(path.includes('{id}') ? (['not_found'] as const) : []),
    ...(writes && ofWorkspace ? (['workspace_suspended'] as const) : []),
  ];
}

/** Everything but a GET may bring a body, and a body that no field is known of is refused too. */
function bodyErrors({ method, writes }: Operation): ErrorCode[] {
  if (method === 'GET') return [];
  return ['invalid_json', 'payload_too_large', 'unsupported_media_type', ...(writes ? (['invalid_body'] as const) : [])];
}

/** What Idempotency-Key and If-Match can answer. */
function safetyErrors({ method, writes, guarded }: Operation): ErrorCode[] {
  if (!writes) return [];
  if (method === 'POST') return ['request_in_progress', 'idempotency_key_reused'];
  return guarded ? ['precondition_failed'] : [];
}
