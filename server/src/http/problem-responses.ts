import { CATALOGUE, type ErrorCode } from '../lib/errors.ts';
import type { JsonObject } from '../lib/json.ts';
import type { Operation } from './operation.ts';
import { errorCodesOf } from './operation-errors.ts';
import { PROBLEM_TYPE } from './problems.ts';

/** One answer per status. A lone code is a shared component; several of one status are listed. */
export function failures(operation: Operation): JsonObject {
  const byStatus = Map.groupBy(errorCodesOf(operation), (code) => String(CATALOGUE[code].status));
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      codes.length === 1 ? { $ref: `#/components/responses/${codes[0]}` } : problemResponse(codes),
    ]),
  );
}

/** The answers with one code, which operations share, by code. */
export function loneResponses(operations: readonly Operation[]): Record<string, JsonObject> {
  const lone = operations.flatMap((operation) =>
    [...Map.groupBy(errorCodesOf(operation), (code) => CATALOGUE[code].status).values()].filter(({ length }) => length === 1).flat(),
  );
  return Object.fromEntries([...new Set(lone)].map((code) => [code, problemResponse([code])]));
}

function problemResponse(codes: readonly ErrorCode[]): JsonObject {
  const description = codes.map((code) => `\`${code}\`: ${CATALOGUE[code].title}.`).join(' ');
  const examples = Object.fromEntries(codes.map((code) => [code, { value: problemExample(code) }]));
  return { description, content: { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' }, examples } } };
}

const problemExample = (code: ErrorCode): JsonObject => ({
  type: `/docs/errors/${code}`,
  title: CATALOGUE[code].title,
  status: CATALOGUE[code].status,
  detail: CATALOGUE[code].explain,
  instance: '/api/integrations',
  code,
  requestId: 'b1f5a9c0-53a2-4b0e-9a52-6f0a1c1d7c11',
});
