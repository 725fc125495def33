import Type from 'typebox';
import { CATALOGUE, type ErrorCode, Problem } from '../lib/errors.ts';
import { JsonFault } from '../lib/json-parse.ts';
import { withNextStep } from '../lib/next-steps.ts';
import { RETRY_AFTER, unavailable } from './unavailable.ts';

export const PROBLEM_TYPE = 'application/problem+json';

/** Everything thrown becomes a problem of the catalogue. What nobody foresaw is `internal_error` and tells nothing. */
export function problemOf(cause: unknown): Problem {
  if (cause instanceof Problem) return cause;
  if (cause instanceof JsonFault) return unreadable(cause);
  if (!(cause instanceof Error)) return internal();
  return transportProblem(cause) ?? unavailable(cause) ?? internal();
}

const internal = (): Problem =>
  new Problem('internal_error', 'The server failed to answer this request. Its log has the cause under this requestId.');

function unreadable({ pointer, message }: JsonFault): Problem {
  return new Problem('invalid_json', `The JSON body${pointer === '' ? '' : ` at ${pointer}`} ${message}.`, {
    faults: [{ pointer, message }],
  });
}

const TRANSPORT: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported_media_type', 'Send the body as application/json.'],
  FST_ERR_BAD_URL: ['invalid_request', 'The path is not percent-encoded UTF-8.'],
};

/** What Fastify or the HTTP stream throws while it receives a request. */
function transportProblem(cause: Error): Problem | null {
  const known = TRANSPORT['code' in cause ? String(cause.code) : ''];
  if (known !== undefined) return new Problem(...known);
  const clientsFault = 'statusCode' in cause && Number(cause.statusCode) >= 400 && Number(cause.statusCode) < 500;
  return clientsFault ? new Problem('invalid_request', 'The request could not be received whole.') : null;
}

/** The problem as RFC 9457 wants it. Facts never replace its own members. */
export function problemBody(problem: Problem, about: { path: string; requestId: string }): string {
  const { status, title } = CATALOGUE[problem.code];
  return JSON.stringify({
    ...problem.facts,
    type: `/docs/errors/${problem.code}`,
    title,
    status,
    detail: withNextStep(problem.code, problem.message),
    instance: about.path,
    code: problem.code,
    requestId: about.requestId,
    ...(problem.faults.length === 0 ? {} : { errors: problem.faults }),
  });
}

/** The headers that go with some problems. */
export function problemHeaders(problem: Problem): Record<string, string> {
  const { allow } = problem.facts;
  if (problem.code === 'unauthenticated') return { 'www-authenticate': 'Bearer' };
  if (problem.code === 'unavailable' || problem.code === 'too_many_requests') return { 'retry-after': String(RETRY_AFTER) };
  return problem.code === 'method_not_allowed' && Array.isArray(allow) ? { allow: allow.join(', ') } : {};
}

const FaultSchema = Type.Object(
  {
    pointer: Type.String({ description: 'RFC 6901 pointer into the body, or `query:<name>`, `path:<name>`, `header:<name>`.' }),
    message: Type.String({ description: 'What is wrong there, and what is expected.' }),
    code: Type.Optional(Type.String({ description: 'Stable name of the fault, where there are several kinds.' })),
  },
  { $id: 'Fault' },
);

/** The shape of every problem, for the OpenAPI document. Some codes add facts, such as `installId`. */
export const ProblemSchema = Type.Object(
  {
    type: Type.String({ description: 'Path of the page that explains the code.' }),
    title: Type.String({ description: 'The code in words.' }),
    status: Type.Integer({ description: 'The HTTP status.' }),
    detail: Type.String({ description: 'What happened this time, and what to do next.' }),
    instance: Type.String({ description: 'Path of the request.' }),
    code: Type.Unsafe<ErrorCode>({ type: 'string', enum: Object.keys(CATALOGUE), description: 'Stable name of the error.' }),
    requestId: Type.String({ description: 'The `X-Request-Id` of the answer, which the log knows too.' }),
    errors: Type.Optional(Type.Array(FaultSchema, { description: 'Every fault found in the input.' })),
  },
  { $id: 'Problem', description: 'An RFC 9457 problem.' },
);
